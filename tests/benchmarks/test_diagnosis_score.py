"""Alarms, verdicts and tables, on records and rules made by hand."""

import dataclasses
import doctest
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from benchmarks.diagnosis import recipe as recipe_module
from benchmarks.diagnosis import store, tables, workers
from benchmarks.diagnosis.recipe import Recipe, Setup
from benchmarks.diagnosis.rivals import RIVALS
from benchmarks.diagnosis.score import Alarm, Verdict, alarms, verdict
from benchmarks.diagnosis.tables import on_target, upper_bound, write
from piste.callbacks.findings import Finding, Severity
from piste.callbacks.records import Record

RECORDS = [{"step": step, "loss": loss} for step, loss in ((1, 2.0), (2, 1.5), (4, 1.0))]


def never(random: np.random.Generator) -> Setup:
    raise AssertionError("nothing is trained here")


def finding(severity: Severity, layer: str = "a") -> Finding:
    return Finding("DEAD", layer, severity, 1, 1, 1, {}, (), "", {})


def faulty_run(*found: Alarm, onset: int = 1, layers: tuple[str, ...] = ("b*",)) -> Verdict:
    recipe = Recipe("sick", never, ("DEAD", "NO_GRADIENT"), layers, ("VANISHING",), onset)
    return Verdict(recipe, 3, found, {}, True)


def healthy_run(*found: Alarm) -> Verdict:
    return Verdict(Recipe("well", never), 4, found, {}, True)


def test_an_alarm_is_the_first_check_above_information() -> None:
    said: dict[int, list[Finding]] = {
        1: [finding("info"), finding("info", "b")],
        2: [finding("warning"), finding("info", "b")],
        3: [finding("critical")],
    }

    def rule(records: Sequence[Record]) -> list[Finding]:
        return said[len(records)]

    assert alarms(RECORDS, [rule]) == [Alarm("DEAD", "a", 2)]  # "b" was never more than information


def test_an_alarm_that_is_cured_still_counts() -> None:
    def rule(records: Sequence[Record]) -> list[Finding]:
        return [finding("warning")] if len(records) == 1 else []

    assert alarms(RECORDS, [rule]) == [Alarm("DEAD", "a", 1)]
    assert alarms(RECORDS, [lambda records: []]) == []


def test_a_fault_is_named_by_any_expected_rule_and_placed_by_its_layer() -> None:
    found = faulty_run(Alarm("VANISHING", "a", 2), Alarm("NO_GRADIENT", "b2", 8), Alarm("DEAD", "a", 50))
    assert (found.named, found.delay, found.placed) == (True, 7, True)
    assert found.unexpected == []  # a companion and two expected rules


def test_the_first_alarm_decides_on_the_place() -> None:
    assert not faulty_run(Alarm("DEAD", "a", 8), Alarm("DEAD", "b", 50)).placed
    assert faulty_run(Alarm("DEAD", "a", 8), Alarm("DEAD", "b", 8)).placed
    assert not faulty_run(Alarm("DEAD", None, 8)).placed


def test_a_wrong_rule_or_one_before_the_onset_does_not_name_the_fault() -> None:
    wrong = faulty_run(Alarm("EXPLODING", "b", 4))
    assert (wrong.named, wrong.delay, wrong.unexpected) == (False, None, [Alarm("EXPLODING", "b", 4)])
    early = faulty_run(Alarm("DEAD", "b", 4), onset=200)
    assert (early.named, early.unexpected) == (False, [Alarm("DEAD", "b", 4)])


def test_a_verdict_says_whether_the_loss_fell() -> None:
    healthy = Recipe("well", never)
    looks = [look_of_nothing()]
    assert verdict(healthy, 0, RECORDS, looks, []).learned
    assert not verdict(healthy, 0, RECORDS[::-1], looks, []).learned
    assert not verdict(healthy, 0, [RECORDS[0], {"step": 2, "loss": "nan"}], looks, []).learned


def look_of_nothing() -> dict[str, Any]:
    gradient = {"rank": 2, "norm": 1.0, "mean_abs": 0.1, "zeros": 0, "size": 4}
    return {
        "loss": 1.0, "accuracy": None, "finite": True, "gradients": [gradient], "activations": [], "update_ratios": [],
    }  # fmt: skip


def test_tables_name_what_failed() -> None:
    runs = [
        faulty_run(Alarm("DEAD", "b", 9)),
        faulty_run(Alarm("DEAD", "a", 301)),
        faulty_run(Alarm("EXPLODING", "a", 4)),
        healthy_run(),
        healthy_run(Alarm("DEAD", "c", 64)),
    ]
    rivals = dict.fromkeys(RIVALS, frozenset({"DEAD"}))
    text = write([dataclasses.replace(run, rivals=rivals) for run in runs])
    assert "2 of 3 faulty runs are named (66.7%, target 95%) in 1 recipes" in text
    assert "1 of 2 healthy runs in 1 recipes raise an alarm" in text
    assert "| DEAD | 1 | 2 / 3 | 1 / 2 | 154, 300 | 1 / 2 |" in text  # delays 8 and 300
    assert "| Piste | 2 / 3 | 3 / 3 | 1 / 2 |" in text
    assert "| DeepDiagnosis | 3 / 3 | 3 / 3 | 2 / 2 |" in text
    assert "Not named (1):\n\n- sick, seed 3: EXPLODING at a in step 4" in text
    assert "Named late (1):\n\n- sick, seed 3: DEAD at a in step 301" in text
    assert "False alarms (1):\n\n- well, seed 4: DEAD at c in step 64" in text


def test_targets_need_names_in_time_and_silence() -> None:
    good = [faulty_run(Alarm("DEAD", "b", 9)), healthy_run()]
    assert on_target(good)
    assert not on_target([*good, faulty_run()])
    assert not on_target([*good, faulty_run(Alarm("DEAD", "b", 301))])
    assert not on_target([*good, healthy_run(Alarm("DEAD", "b", 9))])


@pytest.mark.parametrize(("hits", "runs", "bound"), [(0, 200, 1 - 0.05 ** (1 / 200)), (1, 10, 0.39416), (5, 5, 1.0)])
def test_the_upper_bound_is_that_of_clopper_and_pearson(hits: int, runs: int, bound: float) -> None:
    assert upper_bound(hits, runs) == pytest.approx(bound, abs=1e-5)


@pytest.mark.parametrize("module", [recipe_module, store, tables, workers])
def test_examples_hold(module: Any) -> None:
    results = doctest.testmod(module)
    assert results.attempted > 0 and results.failed == 0
