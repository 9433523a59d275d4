"""Rules on records made by hand."""

import dataclasses
import math
from typing import Any

import numpy as np
import pytest

from piste.callbacks.checks import is_check
from piste.callbacks.findings import Finding, follow
from piste.callbacks.memory import Reading
from piste.callbacks.records import UnitWindow, make_record
from piste.callbacks.rules import dead, nonfinite, vanishing
from piste.callbacks.summary import gradient_summary, unit_summary


def deltas(step: int, first: Any, last: Any, loss: Any = 2.0, activation: str = "sigmoid") -> dict[str, Any]:
    return {
        "schema": 1,
        "step": step,
        "epoch": 1,
        "loss": loss,
        "nonfinite": None,
        "layers": {
            "first": {"delta_rms": first, "update_ratio": 0.01},
            "act": {"act_rms": 1.0, "activation": activation},
            "last": {"delta_rms": last, "update_ratio": 0.02},
        },
    }


def counts(step: int, dead_units: int, units: int = 100, samples: int = 2048) -> dict[str, Any]:
    part = {"units": units, "dead": dead_units, "samples": samples, "activation": "relu"}
    return {"schema": 1, "step": step, "epoch": 2, "loss": 1.0, "nonfinite": None, "layers": {"act": part}}


def test_vanishing_takes_the_median_of_five_scores() -> None:
    firsts = [1e-4, 1e-3, 1e-8, 1e-5, 1e-1]  # scores -4, -3, -8, -5, -1: the median is -4
    records = [deltas(step, first, 1.0) for step, first in enumerate(firsts, 1)]
    (finding,) = vanishing(records)
    assert (finding.rule, finding.layer, finding.severity, finding.step) == ("VANISHING", "first", "critical", 5)
    assert finding.evidence["depth_score"] == pytest.approx(-4.0)
    assert (finding.evidence["delta_first"], finding.evidence["delta_last"]) == (0.1, 1.0)
    assert "sigmoid passes back at most 0.25" in finding.causes[0]
    assert vanishing([deltas(step, 1.01e-3, 1.0) for step in range(5)]) == []
    assert vanishing(records[:4]) == []


def test_vanishing_is_a_warning_while_the_loss_falls() -> None:
    falling = [deltas(step, 1e-5, 1.0, loss=3.0 if step < 6 else 2.0) for step in range(1, 11)]
    assert [finding.severity for finding in vanishing(falling)] == ["warning"]


@pytest.mark.parametrize(("first", "last"), [("nan", 1.0), (1e-9, "inf"), (0.0, 1.0), (1e-9, 0.0)])
def test_vanishing_says_nothing_of_what_cannot_be_compared(first: Any, last: Any) -> None:
    assert vanishing([deltas(step, first, last) for step in range(1, 6)]) == []


def test_vanishing_needs_two_layers_with_a_delta() -> None:
    records = [deltas(step, 1e-9, 1.0) for step in range(1, 6)]
    for record in records:
        del record["layers"]["last"]["delta_rms"]
    assert vanishing(records) == []


@pytest.mark.parametrize(
    ("share", "severity"), [(9, None), (10, "info"), (49, "info"), (50, "warning"), (89, "warning"), (90, "critical")]
)
def test_dead_severities(share: int, severity: str | None) -> None:
    found = dead([counts(50, share)])
    assert [finding.severity for finding in found] == ([] if severity is None else [severity])


def test_dead_rests_on_the_latest_count_and_tells_born_from_died() -> None:
    uncounted = deltas(60, 1.0, 1.0)
    (born,) = dead([counts(50, 60), uncounted])
    assert (born.step, born.evidence["share"], born.evidence["share_at_first"]) == (50, 0.6, 0.6)
    assert "dead from the start" in born.causes[0]
    (died,) = dead([counts(50, 5), counts(100, 60)])
    assert died.evidence["share_at_first"] == 0.05
    assert "died while training" in died.causes[0]
    assert dead([uncounted]) == []


def test_dead_bounds_what_the_samples_can_say() -> None:
    # With no activation in M samples, shares above 1 - 0.05 ** (1 / M), about 3 / M, are excluded at 95 %.
    (finding,) = dead([counts(50, 50, samples=2048)])
    assert finding.evidence["active_below"] == pytest.approx(0.00146170, rel=1e-4)


def test_nonfinite_names_the_first_step_and_layer_and_what_was_before() -> None:
    good = deltas(8, 1.0, 1.0, loss=2.5) | {"grad_norm": 7.0}
    bad = deltas(16, "nan", "nan", loss="nan") | {"grad_norm": "nan", "nonfinite": {"step": 11, "layer": "first"}}
    assert nonfinite([good]) == []
    (finding,) = nonfinite([good, bad])
    assert (finding.layer, finding.severity, finding.step) == ("first", "critical", 16)
    assert finding.evidence == {"first_step": 11.0, "loss_before": 2.5, "grad_norm_before": 7.0}
    assert "step 11, in the gradient of first" in finding.advice
    (alone,) = nonfinite([bad | {"nonfinite": {"step": 11, "layer": None}}])
    assert alone.evidence == {"first_step": 11.0}
    assert "step 11, in the loss" in alone.advice


def test_findings_close_and_open_again_with_their_first_step() -> None:
    first = Finding("DEAD", "act", "info", 1, 50, 50, {}, (), "", {})
    open_now = follow([], [first])
    closed = follow(open_now, [])
    assert [finding.closed for finding in closed] == [True]
    assert follow(closed, []) == closed
    again = dataclasses.replace(first, severity="critical", epoch=3, step=200, last_step=200)
    other = dataclasses.replace(first, layer="act_2")
    found = follow(closed, [again, other])
    assert [(f.layer, f.severity, f.epoch, f.step, f.last_step, f.closed) for f in found] == [
        ("act", "critical", 1, 50, 200, False),
        ("act_2", "info", 1, 50, 50, False),
    ]


def test_a_window_is_full_after_enough_samples_and_shares_rest_on_two() -> None:
    window = UnitWindow(10)
    assert window.add({"a": np.array([2.0, 0.0])}, 6) is None
    assert window.add({"a": np.array([1.0, 0.0])}, 6) is None  # 12 samples: the first window
    assert window.add({"a": np.array([0.0, 0.0])}, 9) is None
    found = window.add({"a": np.array([3.0, 3.0])}, 3)  # 12 more: the second
    assert found is not None
    np.testing.assert_allclose(found[0]["a"], [6 / 24, 3 / 24])
    assert found[1] == 24
    later = window.add({"a": np.array([0.0, 0.0])}, 10)
    assert later is not None
    np.testing.assert_allclose(later[0]["a"], [3 / 22, 3 / 22])


def test_a_window_of_nothing_is_never_full() -> None:
    assert UnitWindow(1).add({}, 100) is None


def test_a_record_holds_what_was_read() -> None:
    figures = {("", "loss"): math.nan, ("", "loss_max"): math.inf, ("act", "act_rms"): 0.5, ("act#2", "act_rms"): 0.25}
    reading = Reading(7, figures, {"act": np.array([0.0, 4.0])}, 4, (6, "act"))
    shares = {"act": np.array([0.0, 0.5])}
    record = make_record(reading, 2, {"act": "relu"}, (shares, 8))
    assert record == {
        "schema": 1,
        "step": 7,
        "epoch": 2,
        "loss": "nan",
        "loss_max": "inf",
        "nonfinite": {"step": 6, "layer": "act"},
        "layers": {
            "act": {"act_rms": 0.5, "activation": "relu", "units": 2, "dead": 1, "samples": 8},
            "act#2": {"act_rms": 0.25, "activation": "relu"},
        },
    }


def test_summaries() -> None:
    record = deltas(5, 1e-3, 1.0) | {"grad_norm": "inf"}
    summary = gradient_summary(record)
    assert summary == {"grad_norm": math.inf, "depth_score": pytest.approx(-3.0), "update_ratio": 0.02}
    empty = gradient_summary(record | {"layers": {}})
    assert math.isnan(empty["depth_score"]) and math.isnan(empty["update_ratio"])
    assert unit_summary([counts(50, 30), record]) == {"dead_share": 0.3}
    assert math.isnan(unit_summary([record])["dead_share"])


def test_checks_are_dense_at_first() -> None:
    assert [step for step in range(1, 13) if is_check(step, 3)] == [1, 2, 3, 6, 9, 12]
    assert [step for step in range(1, 5) if is_check(step, 1)] == [1, 2, 3, 4]


def test_dead_says_nothing_once_numbers_are_not_finite() -> None:
    assert dead([counts(50, 90) | {"nonfinite": {"step": 40, "layer": None}}]) == []
