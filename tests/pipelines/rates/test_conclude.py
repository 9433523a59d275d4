"""Where the loss fell most and where it turned up, on curves whose answer is known."""

import math

import numpy as np
import pytest
from numpy.typing import NDArray

from piste.pipelines.rates.conclude import conclude
from piste.pipelines.rates.descent import Descent
from piste.pipelines.rates.result import RateTest


def concluded(losses: NDArray[np.float64] | list[float], steps: int | None = None) -> RateTest:
    """A test from 1e-5 to 10 whose losses these were."""
    steps = len(losses) if steps is None else steps
    descent = Descent(steps, 4.0)
    for rate, loss in zip(np.geomspace(1e-5, 10, steps), losses, strict=False):
        if descent.add(float(rate), float(loss)):
            break
    return conclude(descent)


def curve(steps: int) -> NDArray[np.float64]:
    """Falls from 3 by 2, most steeply at a rate of 0.01, and rises from 0.13 on."""
    decades = np.linspace(-5, 1, steps)
    return 3 - 2 / (1 + np.exp(-4 * (decades + 2))) + np.exp(6 * (decades + 0.2))


TURN, STEEPEST = math.log10(np.geomspace(1e-5, 10, 60_001)[np.argmin(curve(60_001))]), -2.0


@pytest.mark.parametrize("steps", [40, 300, 3000])
@pytest.mark.parametrize("noise", [0.0, 0.2, 0.6])
def test_a_known_curve_gives_its_rates_whatever_the_steps(steps: int, noise: float) -> None:
    test = concluded(curve(steps) + noise * np.random.default_rng(1).normal(size=steps))
    assert test.steepest is not None and test.turn is not None
    # The mean lags by 2 % of six decades, which is 0.12 of one.
    near = 0.15 if noise == 0 else 0.5
    assert abs(math.log10(test.turn) - TURN) < near
    assert abs(math.log10(test.steepest) - STEEPEST) < near
    assert test.suggestion == pytest.approx(test.turn / 10, rel=0.05)
    assert test.lacking == ""


def test_the_suggestion_and_its_changes() -> None:
    losses = [8.0, 8.0, 7.0, 4.0, 2.0, 1.0, 3.0, 9.0, 9.0, 9.0, 9.0, 9.0, 9.0]
    test = concluded(losses)
    # Thirteen steps over six decades: half a decade each.
    assert test.turn == pytest.approx(10**-2.5) and test.diverged_at == pytest.approx(10**-1.5)
    assert test.steepest == pytest.approx(10**-3.5)  # 7 to 2 is more than 8 to 4 and 4 to 1
    assert test.suggestion == 0.00032
    assert test.changes == (
        {"training.optimizer.learning_rate": 0.00032},
        {"training.schedule": {"type": "one_cycle", "max_rate": 0.00032}},
    )
    assert len(test.losses) == 8 and test.steps == 13


@pytest.mark.parametrize("steps", [10, 40, 300, 3000])
@pytest.mark.parametrize("seed", range(10))
def test_noise_alone_suggests_nothing(steps: int, seed: int) -> None:
    test = concluded(2.3 + 0.1 * np.random.default_rng(seed).normal(size=steps))
    assert (test.turn, test.steepest, test.suggestion, test.changes) == (None, None, None, ())
    assert test.lacking == "the loss did not fall by more than chance; try another `min`, or more epochs"


def test_a_fall_need_not_be_larger_than_the_noise_of_a_batch() -> None:
    # By 0.5 over 3,000 batches with a standard deviation of 1.
    decades = np.linspace(-5, 1, 3000)
    fall = 3 - 0.5 / (1 + np.exp(-4 * (decades + 2))) + np.exp(6 * (decades + 0.2))
    assert concluded(fall + np.random.default_rng(0).normal(size=3000)).turn is not None


def test_a_sharp_fall_after_a_long_plateau_is_one() -> None:
    losses = 0.7 + 0.02 * np.random.default_rng(0).normal(size=114)
    losses[75:80] = 0.62, 0.55, 0.5, 0.46, 0.44
    test = concluded(losses)
    assert test.turn is not None and abs(math.log10(test.turn / np.geomspace(1e-5, 10, 114)[79])) < 0.12


def test_a_loss_that_only_rises_suggests_nothing() -> None:
    test = concluded(np.linspace(1, 10, 40))
    assert (test.turn, test.steepest) == (None, None)
    assert test.lacking.startswith("the loss did not fall")
    assert test.diverged_at is not None


def test_a_loss_that_still_falls_at_the_end_has_a_steepest_rate_only() -> None:
    decades = np.linspace(-5, 1, 300)
    test = concluded(3 - 2 / (1 + np.exp(-4 * (decades - 0.5))))
    assert test.turn is None and test.diverged_at is None
    assert test.steepest is not None and 0.8 < test.steepest < 8
    assert test.lacking == "the loss was still falling at the highest rate; try a larger `max`"


@pytest.mark.parametrize("loss", [math.nan, math.inf])
def test_no_number_at_the_first_step(loss: float) -> None:
    test = concluded([loss, 1.0], steps=500)
    assert test.diverged_at == pytest.approx(1e-5)
    assert (test.turn, test.steepest) == (None, None)


def test_no_number_after_a_fall_is_a_turn() -> None:
    losses = np.append(np.linspace(3, 1, 39), math.nan)
    test = concluded(losses)
    assert test.turn == pytest.approx(np.geomspace(1e-5, 10, 40)[38])
    assert test.diverged_at == pytest.approx(10)
