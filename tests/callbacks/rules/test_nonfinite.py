from typing import Any

import pytest

from piste.callbacks.rules import nonfinite


def test_it_names_the_first_step_and_layer_and_what_was_before(make: Any) -> None:
    good = make(8, loss=2.5, grad_norm=7.0)
    bad = make(16, loss="nan", grad_norm="nan", nonfinite={"step": 11, "layer": "first"})
    assert nonfinite([good]) == []
    (finding,) = nonfinite([good, bad])
    assert (finding.layer, finding.severity, finding.step) == ("first", "critical", 16)
    assert finding.evidence == {"first_step": 11.0, "loss_before": 2.5, "grad_norm_before": 7.0}
    assert "step 11, in the gradient of first" in finding.advice
    assert finding.change == {"training.optimizer.clipnorm": 1.0}
    (alone,) = nonfinite([bad | {"nonfinite": {"step": 11, "layer": None}}])
    assert alone.evidence == {"first_step": 11.0}
    assert "step 11, in the loss" in alone.advice


def test_it_lasts_to_the_end_of_the_run(make: Any) -> None:
    bad = {"step": 2, "layer": None}
    records = [make(1), make(2, nonfinite=bad), make(4, nonfinite=bad)]
    assert [finding.step for finding in nonfinite(records)] == [4]


def test_skipped_steps_are_not_it(make: Any) -> None:
    assert nonfinite([make(1, loss=2.0, grad_norm="inf", skipped=4)]) == []


@pytest.mark.parametrize(
    ("step", "score", "cause", "change"),
    [
        (1, 1.0, "inputs or targets are not scaled", {"data.scale": "standardize"}),
        (7, 1.0, "learning rate is too high", {}),
        (7, 2.1, "initial weights are too large", {"model.initializer": "auto"}),
    ],
)
def test_the_likeliest_cause_follows_from_what_was_before(
    make: Any, make_profile: Any, step: int, score: float, cause: str, change: dict[str, Any]
) -> None:
    before = [make(1, make_profile(10**score, 1.0))] if step > 1 else []
    (finding,) = nonfinite([*before, make(8, loss="nan", nonfinite={"step": step, "layer": None})])
    assert cause in finding.causes[0]
    assert finding.change == change | {"training.optimizer.clipnorm": 1.0}
