"""What rules read out of records: numbers, the profile by depth, facts of activations, changes of the config."""

import math
from typing import Any

import pytest

from piste.callbacks.rules.depth import depth_profile, depth_score, steepest
from piste.callbacks.rules.history import finite, latest_with, number, typical
from piste.callbacks.rules.traits import bounded, centred, judged
from piste.models.activations.table import ACTIVATIONS

CENTRED = {"sigmoid", "tanh", "softsign", "hard_sigmoid"}


def test_what_is_absent_or_not_finite_is_no_number(make: Any) -> None:
    assert number({"skipped": 3}, "skipped") == 3.0
    assert number({"loss": "-inf"}, "loss") is None
    assert typical([make(1, loss=5.0), make(2, loss="nan"), make(3, loss=1.0), make(4, loss=2.0)], "loss") == 2.0
    assert typical([make(1)], "grad_norm") is None


def test_the_finite_records_end_before_the_first_bad_one(make: Any) -> None:
    bad = {"step": 3, "layer": None}
    records = [make(1), make(2), make(4, nonfinite=bad), make(8, nonfinite=bad)]
    assert [record["step"] for record in finite(records)] == [1, 2]
    assert finite(records[:2]) == records[:2]
    assert finite(records[2:]) == []


def test_the_latest_record_with_a_figure(make: Any) -> None:
    act = {"activation": "relu"}
    records = [make(step, {"dense": {}, "act": act | part}) for step, part in enumerate([{"dead": 0}, {"dead": 1}, {}])]
    found = latest_with(records, "dead")
    assert found is not None and found["step"] == 1
    assert latest_with(records, "quiet") is None
    assert latest_with([make(1)], "dead") is None and latest_with([], "dead") is None


def test_the_profile_is_that_of_delta_where_two_layers_have_one(make: Any) -> None:
    layers = {"a": {"delta_rms": 1.0, "bias_rms": 7.0}, "b": {"act_rms": 3.0}, "c": {"delta_rms": 2.0}}
    assert list(depth_profile(make(1, layers)).items()) == [("a", 1.0), ("c", 2.0)]
    layers["a"]["delta_rms"] = "nan"  # type: ignore[assignment]
    assert depth_profile(make(1, layers)) == {"c": 2.0}


def test_the_profile_falls_back_on_biases_that_are_not_idle(make: Any) -> None:
    layers: dict[str, Any] = {
        "idle": {"kernel_rms": 1.0, "bias_rms": 1e-9, "bias_idle": True},
        "norm": {"bias_rms": 0.5},
        "head": {"kernel_rms": 1.0, "bias_rms": 2.0, "delta_rms": 1.0},
    }
    assert depth_profile(make(1, layers)) == {"norm": 0.5, "head": 2.0}
    del layers["idle"]["bias_idle"]
    assert depth_profile(make(1, layers)) == {"idle": 1e-9, "norm": 0.5, "head": 2.0}


def test_the_profile_begins_at_the_first_trained_layer(make: Any) -> None:
    layers: dict[str, Any] = {
        "frozen": {"delta_rms": 1e-9},
        "tuned": {"delta_rms": 0.1, "kernel_rms": 1.0},
        "norm_act": {"delta_rms": 0.2},
        "head": {"delta_rms": 1.0, "kernel_rms": 1.0},
    }
    assert list(depth_profile(make(1, layers))) == ["tuned", "norm_act", "head"]
    layers["frozen"]["bias_rms"] = 1.0
    assert list(depth_profile(make(1, layers))) == ["frozen", "tuned", "norm_act", "head"]


def test_the_score_compares_the_ends_and_passes_over_zeros_in_front() -> None:
    assert depth_score({"a": 1e-4, "b": 1e3, "c": 10.0}) == pytest.approx(-5.0)
    assert depth_score({"a": 0.0, "b": 1e-2, "c": 1.0}) == pytest.approx(-2.0)
    for profile in ({}, {"a": 1.0}, {"a": 0.0, "b": 1.0}, {"a": 1.0, "b": 0.0}, {"a": 0.0, "b": 0.0}):
        assert depth_score(profile) is None


def test_the_steepest_place_lies_in_the_direction_of_the_whole() -> None:
    *place, change = steepest({"a": 1e-5, "b": 1e-4, "c": 1e-1, "d": 1.0})
    assert (place, round(change, 9)) == (["b", "c"], -3.0)
    # On the way back 1 -> 1e-4 -> 1e2: the fall between c and b is not what makes the whole grow.
    *place, change = steepest({"a": 1e2, "b": 1e-4, "c": 1.0})
    assert (place, round(change, 9)) == (["a", "b"], 6.0)


@pytest.mark.parametrize("name", list(ACTIVATIONS))
def test_centred_activations_are_flat_at_both_ends_and_steep_at_0(name: str) -> None:
    assert centred(name) == (name in CENTRED)


def test_bounded_activations_come_with_their_slope(make: Any, make_profile: Any) -> None:
    assert bounded(make(1, make_profile(1.0, 1.0, "sigmoid"))) == [("sigmoid", 0.25)]
    assert bounded(make(1, make_profile(1.0, 1.0, "relu6"))) == []
    (found,) = bounded(make(1, make_profile(1.0, 1.0, "hard_sigmoid")))
    assert math.isclose(found[1], 1 / 6)


def test_a_centred_activation_at_the_end_is_not_judged(make: Any) -> None:
    layers: dict[str, Any] = {
        "first": {"kernel_rms": 1.0, "activation": "sigmoid"},
        "last": {"kernel_rms": 1.0},
        "last_act": {"activation": "sigmoid"},
    }
    record = make(1, layers)
    assert judged(record, "first") and not judged(record, "last_act")
    layers["last_act"]["activation"] = "relu"
    assert judged(make(1, layers), "last_act")
