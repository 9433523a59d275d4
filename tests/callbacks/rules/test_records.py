"""What records are made from, and what is made from them for the logs."""

import math
from typing import Any

import numpy as np
import pytest

from piste.callbacks.checks import checks_among
from piste.callbacks.memory import Reading
from piste.callbacks.records import make_record
from piste.callbacks.summary import gradient_summary, unit_summary

NONE = np.zeros(0, "float32")


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


def test_a_record_holds_what_was_read() -> None:
    figures = {
        "": {"loss": math.nan, "loss_max": math.inf, "clipped": 1.0},
        "act": {"act_rms": 0.5},
        "act#2": {"act_rms": 0.25},
        "dense": {"bias_rms": 1e-9},
    }
    reading = Reading(7, figures, {}, NONE, items=4, sampled=NONE, batch=4, skipped=2, clipped=3, first_bad=(6, "act"))
    assert make_record(reading, 2, {"act": "relu"}, idle=["dense", "elsewhere"]) == {
        "schema": 1,
        "step": 7,
        "epoch": 2,
        "loss": "nan",
        "loss_max": "inf",
        "clipped": True,
        "clipped_steps": 3,
        "skipped": 2,
        "nonfinite": {"step": 6, "layer": "act"},
        "layers": {
            "act": {"act_rms": 0.5, "activation": "relu"},
            "act#2": {"act_rms": 0.25, "activation": "relu"},
            "dense": {"bias_rms": 1e-9, "bias_idle": True},
        },
    }


def test_what_was_not_measured_is_absent() -> None:
    reading = Reading(
        1, {"": {"loss": 2.0}}, {}, NONE, items=4, sampled=NONE, batch=4, skipped=None, clipped=None, first_bad=None
    )
    expected: dict[str, Any] = {"schema": 1, "step": 1, "epoch": 1, "loss": 2.0, "nonfinite": None, "layers": {}}
    assert make_record(reading, 1, {}, idle=()) == expected


def test_summaries() -> None:
    record = deltas(5, 1e-3, 1.0) | {"grad_norm": "inf"}
    summary = gradient_summary(record)
    assert summary == {"grad_norm": math.inf, "depth_score": pytest.approx(-3.0), "update_ratio": 0.02}
    empty = gradient_summary(record | {"layers": {}})
    assert math.isnan(empty["depth_score"]) and math.isnan(empty["update_ratio"])
    assert unit_summary([counts(50, 30), record]) == {"dead_share": 0.3}
    assert math.isnan(unit_summary([record])["dead_share"])


def test_checks_are_dense_at_first() -> None:
    assert checks_among(range(1, 13), 3) == [1, 2, 3, 6, 9, 12]
    assert checks_among(range(1, 5), 1) == [1, 2, 3, 4]
    assert checks_among(range(2, 9), 8) == [2, 4, 8]
    assert checks_among(range(33, 100), 50) == [50]
    assert checks_among(range(51, 100), 50) == checks_among(range(4, 4), 4) == []
