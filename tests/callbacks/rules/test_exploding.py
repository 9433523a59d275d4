from typing import Any

import pytest

from piste.callbacks.rules import exploding


def steps(make: Any, norms: list[float], losses: list[float] | None = None) -> list[Any]:
    """One check a norm; the loss is the norm unless it is given."""
    pairs = zip(norms, losses or norms, strict=True)
    return [make(step, loss=loss, grad_norm=norm) for step, (norm, loss) in enumerate(pairs, 1)]


@pytest.mark.parametrize(("first", "found"), [(101.0, 1), (99.0, 0)])
def test_the_first_check_tells_weights_that_are_too_large(
    make: Any, make_profile: Any, first: float, found: int
) -> None:
    findings = exploding([make(1, make_profile(first, 1.0))])
    assert len(findings) == found
    for finding in findings:
        assert (finding.layer, finding.severity) == ("first", "critical")
        assert "initial weights are too large" in finding.causes[0]
        assert finding.change == {"model.initializer": "auto"}


def test_depth_later_takes_the_median_of_three(make: Any, make_profile: Any) -> None:
    run = [make(step, make_profile(first, 1.0)) for step, first in enumerate([1.0, 1.0, 1e3, 1e5, 1.0, 1e4], 1)]
    assert exploding(run[:3]) == []  # scores 0, 0, 3
    (finding,) = exploding(run[:4])  # scores 0, 3, 5
    assert finding.evidence["depth_score"] == pytest.approx(3.0)
    assert "learning rate is too high" in finding.causes[0]
    assert finding.change == {"model.initializer": "auto", "training.optimizer.clipnorm": 1.0}
    assert [found.evidence["depth_score"] for found in exploding(run)] == [pytest.approx(4.0)]


def test_norms_ten_times_the_usual_at_three_of_five_checks(make: Any) -> None:
    (finding,) = exploding(steps(make, [1.0] * 8 + [30.0, 1.0, 30.0, 30.0]))
    assert (finding.layer, finding.severity) == (None, "warning")
    assert finding.evidence == {"checks_above": 3.0, "grad_norm": 30.0, "grad_norm_before": 1.0}
    assert "reached 30, usually 1." in finding.advice
    assert exploding(steps(make, [1.0] * 8 + [30.0, 1.0, 1.0, 30.0])) == []
    assert exploding(steps(make, [1.0] * 8 + [10.0, 10.0, 10.0])) == []  # one decade is not exceeded
    assert exploding(steps(make, [1.0] * 8 + [30.0, 30.0, 30.0, 1.0, 1.0, 1.0])) == []  # two of the last five


def test_restless_norms_must_be_exceeded_by_six_deviations(make: Any) -> None:
    # Half the logarithms are 0, half 0.4: median 0.2, deviation 0.2, so the limit is 0.2 + 6 * 1.4826 * 0.2 = 1.979.
    restless = [1.0, 10**0.4] * 5
    assert len(exploding(steps(make, [*restless, *[10**1.99] * 5]))) == 1
    assert exploding(steps(make, [*restless, *[10**1.97] * 5])) == []


def test_a_norm_that_grows_while_the_loss_falls_leaves_a_plateau(make: Any) -> None:
    norms = [1.0] * 8 + [30.0] * 3
    assert exploding(steps(make, norms, [2.0] * 8 + [1.5, 1.0, 0.5])) == []
    assert len(exploding(steps(make, norms, [2.0] * 8 + [2.1, 2.1, 2.1]))) == 1


def test_five_checks_are_needed_to_say_what_is_usual(make: Any) -> None:
    assert exploding(steps(make, [1.0] * 4 + [30.0] * 3, [2.0] * 4 + [2.1] * 3)) == []


@pytest.mark.parametrize(
    ("highest", "usual", "found"),
    [
        ([12.0, 12.0, 12.0], 2.5, 1),  # above 5 * 2.3
        ([12.0, 11.4, 12.0], 2.5, 0),  # not at all of three checks
        ([12.0, 12.0, 12.0], 2.2, 0),  # one bad batch in each interval
    ],
)
def test_a_loss_that_stays_far_above_the_start(make: Any, highest: list[float], usual: float, found: int) -> None:
    run = [make(1, loss=0.5, chance_loss=2.3, loss_max=0.5)]
    run += [make(step, loss=usual, loss_max=top) for step, top in enumerate(highest, 2)]
    findings = exploding(run)
    assert len(findings) == found
    for finding in findings:
        assert finding.evidence == {"loss_max": 12.0, "loss_at_start": 2.3}
        assert "reached 12, though it began at 2.3" in finding.advice


def test_a_converged_model_may_jump(make: Any, make_profile: Any) -> None:
    norms = [10.0] * 3 + [1e-4] * 8 + [5e-3] * 3
    losses = [2.0] * 3 + [1e-4] * 8 + [2e-4] * 3

    def run(first: float) -> list[Any]:
        return [record | {"layers": make_profile(first, 1.0)} for record in steps(make, norms, losses)]

    assert exploding(run(0.5)) == []
    assert len(exploding(run(1e-3))) == 1  # not converged: the first layer hardly hears of it


def test_an_optimizer_that_clips_is_not_told_to(make: Any) -> None:
    run = [record | {"clipped": True} for record in steps(make, [1.0] * 8 + [30.0] * 3)]
    (finding,) = exploding(run)
    assert finding.change == {} and "clip" not in finding.advice
