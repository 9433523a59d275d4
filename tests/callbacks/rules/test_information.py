"""The rules that only inform: UPDATE_TOO_LARGE, INITIAL_LOSS, CONVERGED, QUIET and STUCK_SLOPE."""

from typing import Any

import pytest

from piste.callbacks.rules import converged, initial_loss, quiet, stuck_slope, update_too_large
from piste.models.activations.table import ACTIVATIONS


def updates(make: Any, ratios: list[Any], first: int = 9) -> list[Any]:
    layers = [{"a": {"update_ratio": ratio}, "b": {"update_ratio": 0.01}, "act": {"act_rms": 1.0}} for ratio in ratios]
    return [make(step, layer) for step, layer in enumerate(layers, first)]


def test_updates_are_too_large_by_the_median_of_five(make: Any) -> None:
    (finding,) = update_too_large(updates(make, [0.05, 0.2, 0.11, 0.05, 0.3]))
    assert (finding.layer, finding.severity) == ("a", "info")
    assert finding.evidence == {"update_ratio": 0.11, "largest": 0.3}
    assert "by 11 % of its size" in finding.advice and "divide the learning rate by 11" in finding.advice
    assert update_too_large(updates(make, [0.05, 0.2, 0.1, 0.05, 0.3])) == []
    assert update_too_large(updates(make, [0.2] * 4)) == []
    assert update_too_large(updates(make, ["inf", 0.2, 0.2, 0.2, 0.2])) == []


def test_the_first_steps_may_be_large(make: Any) -> None:
    assert update_too_large(updates(make, [0.5] * 5, first=8)) == []
    assert len(update_too_large(updates(make, [0.5] * 5, first=9))) == 1


@pytest.mark.parametrize(
    ("loss", "cause"),
    [(1.609, "the model is not new"), (1.612, None), (4.60, None), (4.61, "the outputs are too large at first")],
)
def test_the_first_loss_is_compared_with_a_guess(make: Any, loss: float, cause: str | None) -> None:
    # log 10 = 2.302585: 0.7 of it is 1.611810, twice it 4.605170
    found = initial_loss([make(1, loss=loss, chance_loss=2.302585), make(2, loss=0.5, chance_loss=2.302585)])
    assert [finding.causes[0].startswith(str(cause)) for finding in found] == ([] if cause is None else [True])
    assert [(finding.step, finding.last_step) for finding in found] == ([] if cause is None else [(1, 2)])


def test_only_a_known_guess_and_the_first_step_count(make: Any) -> None:
    assert initial_loss([make(1, loss=99.0)]) == []
    assert initial_loss([make(51, loss=99.0, chance_loss=2.3)]) == []
    assert initial_loss([make(1, loss="inf", chance_loss=2.3)]) == []


def run(make: Any, make_profile: Any, loss: float, norm: float, first: float, checks: int = 3) -> list[Any]:
    begun = [make(1, make_profile(1.0, 1.0), loss=2.0, grad_norm=10.0)]
    return begun + [make(step, make_profile(first, 1.0), loss=loss, grad_norm=norm) for step in range(2, 2 + checks)]


@pytest.mark.parametrize(
    ("loss", "norm", "first", "found"),
    [(0.09, 0.09, 0.1, 1), (0.11, 0.09, 0.1, 0), (0.09, 0.11, 0.1, 0), (0.09, 0.09, 0.009, 0), (0.09, 0.09, 110, 0)],
)
def test_converged_is_a_small_loss_a_small_gradient_and_an_even_depth(
    make: Any, make_profile: Any, loss: float, norm: float, first: float, found: int
) -> None:
    assert len(converged(run(make, make_profile, loss, norm, first))) == found


def test_converged_says_from_where_to_where(make: Any, make_profile: Any) -> None:
    (finding,) = converged(run(make, make_profile, 0.09, 0.08, 0.1))
    assert (finding.severity, finding.layer, finding.change) == ("info", None, {})
    assert finding.evidence == {"loss": 0.09, "loss_at_start": 2.0, "grad_norm": 0.08, "grad_norm_max": 10.0}
    assert converged(run(make, make_profile, 0.09, 0.08, 0.1, checks=1)) == []  # one good batch


def counted(make: Any, activation: str = "relu", **part: Any) -> list[Any]:
    counted = {"units": 100, "dead": 4, "samples": 2048, "activation": activation}
    sampled = {"units": 100, "sampled": 1600, "activation": activation, **part}
    later = {"act_rms": 1.0, "activation": activation}
    return [make(step, {"act": layer}) for step, layer in ((50, counted), (100, sampled), (150, later))]


def test_quiet_units_are_those_beside_the_dead_ones(make: Any) -> None:
    (finding,) = quiet(counted(make, quiet=14))
    assert (finding.severity, finding.step) == ("info", 100)
    assert finding.evidence == {"quiet": 10.0, "units": 100.0, "share": 0.1, "samples": 1600.0}
    assert quiet(counted(make, quiet=13)) == []
    assert quiet(counted(make)) == quiet(counted(make, quiet=14)[1:]) == []  # not sampled, or not counted


@pytest.mark.parametrize("name", list(ACTIVATIONS))
def test_a_slope_is_stuck_where_both_sides_are_steep(make: Any, name: str) -> None:
    found = stuck_slope(counted(make, name, one_sided=96))
    bent = name in {"leaky_relu", "prelu", "rrelu", "elu", "celu", "selu"}
    assert [finding.severity for finding in found] == (["info"] if bent else [])


def test_a_slope_is_stuck_when_more_than_95_in_100_units_are(make: Any) -> None:
    (finding,) = stuck_slope(counted(make, "elu", one_sided=96))
    assert finding.evidence == {"one_sided": 96.0, "units": 100.0, "share": 0.96, "samples": 1600.0}
    assert "96 of 100 units of act stay on one side of elu's bend" in finding.advice
    assert stuck_slope(counted(make, "elu", one_sided=95)) == stuck_slope(counted(make, "elu")) == []
