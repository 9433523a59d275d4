"""Smoothing and divergence, by hand."""

import math

import numpy as np
import pytest

from piste.pipelines.rates.descent import Descent


def fed(losses: list[float], steps: int, factor: float = 4.0) -> Descent:
    descent = Descent(steps, factor)
    for step, loss in enumerate(losses):
        descent.add(10.0**step, loss)
    return descent


def test_up_to_fifty_steps_nothing_is_smoothed() -> None:
    descent = fed([3.0, 1.0, 2.0], steps=50)
    assert descent.smoothed == descent.losses == [3.0, 1.0, 2.0]


def test_the_mean_over_two_steps_has_no_bias() -> None:
    # 100 steps make a horizon of 2 and a weight of 1/2: 3; (3/4 + 1/2) / (3/4); (3/8 + 1/4 + 1) / (7/8).
    descent = fed([3.0, 1.0, 2.0], steps=100)
    assert descent.smoothed == pytest.approx([3.0, (0.75 + 0.5) / 0.75, (0.375 + 0.25 + 1.0) / 0.875])


def test_the_mean_is_the_weighted_mean_of_all_losses() -> None:
    losses = np.random.default_rng(0).uniform(1, 2, 200).tolist()
    keep = 1 - 1 / 20  # 1,000 steps
    for count, mean in enumerate(fed(losses, steps=1000).smoothed, start=1):
        weights = keep ** np.arange(count)[::-1]
        assert mean == pytest.approx(np.average(losses[:count], weights=weights))


def test_above_the_factor_it_has_diverged_and_the_rest_is_left_out() -> None:
    descent = fed([8.0, 2.0, 8.0, 8.1, 1.0], steps=10)
    assert descent.diverged
    assert (descent.losses, descent.rates) == ([8.0, 2.0, 8.0, 8.1], [1.0, 10.0, 100.0, 1000.0])
    assert not fed([8.0, 2.0, 8.0], steps=10).diverged
    assert not fed([8.0, 2.0, 8.1], steps=10, factor=5.0).diverged


@pytest.mark.parametrize("loss", [math.nan, math.inf, -math.inf])
def test_a_loss_that_is_no_number_has_diverged(loss: float) -> None:
    descent = fed([8.0, loss, 8.0], steps=1000)
    assert descent.diverged and len(descent.losses) == 2


def test_losses_below_zero_may_rise_by_the_factor_less_one() -> None:
    # The least is -2, and 3 times 2 above it is 4.
    assert not fed([1.0, -2.0, 4.0], steps=10).diverged
    assert fed([1.0, -2.0, 4.1], steps=10).diverged


def test_a_lucky_batch_before_the_first_horizon_is_no_least() -> None:
    # 250 steps make a horizon of 5: the least is the fifth mean at the earliest.
    assert not fed([0.01, 5.0, 5.0, 5.0, 5.0, 5.0], steps=250).diverged
    assert fed([0.01, 5.0], steps=50).diverged
