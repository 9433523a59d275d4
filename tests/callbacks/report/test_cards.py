from typing import Any

import pytest

from piste.callbacks.findings import Finding
from piste.callbacks.report.cards import as_yaml, cards


def dead(layer: str | None, severity: Any = "info", step: int = 50, **changes: Any) -> Finding:
    whole: dict[str, Any] = {"evidence": {"share": 0.5}, "causes": ("a",), "advice": f"of {layer}", "change": {"k": 1}}
    return Finding("DEAD", layer, severity, 1, step, step, **(whole | changes))


def test_the_worst_open_finding_comes_first() -> None:
    found = [dead("a", "info"), dead("b", "critical", closed=True), dead("c", "critical"), dead("d", "warning")]
    order = [(card.severity, card.closed) for card in cards(found)]
    assert order == [("critical", False), ("warning", False), ("info", False), ("critical", True)]


def test_findings_that_say_the_same_share_a_card() -> None:
    (card,) = cards([dead("late", step=90), dead("early", step=10, evidence={"share": 0.123456})])
    assert [place.layer for place in card.places] == ["early", "late"]
    assert [place.evidence for place in card.places] == [{"share": "0.1235"}, {"share": "0.5"}]
    assert card.advice == "of early"


@pytest.mark.parametrize("change", [{"severity": "warning"}, {"causes": ("b",)}, {"change": {}}, {"closed": True}])
def test_findings_that_differ_stay_apart(change: dict[str, Any]) -> None:
    assert len(cards([dead("a"), dead("b", **change)])) == 2


def test_words_for_where_and_when() -> None:
    (card,) = cards([dead(None)])
    assert (card.places[0].layer, card.places[0].when) == ("the whole model", "epoch 1, step 50")


def test_yaml_quotes_what_yaml_would_misread() -> None:
    assert as_yaml({"model.activation": "no", "model.leak": 0.1}) == "model:\n  activation: 'no'\n  leak: 0.1\n"
    assert as_yaml({}) == ""
