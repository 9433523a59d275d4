"""What a test says when it has nothing, or no number, to say."""

import math

import numpy as np

from piste.pipelines.rates.result import RateTest
from piste.pipelines.rates.words import sentences


def test_without_divergence_and_turn() -> None:
    some = np.array([0.1, 0.2])
    test = RateTest(some, some, some, 2, 4.0, None, None, None, "the moon is full")
    assert sentences(test) == ["The loss did not diverge up to rate 0.2.", "No rate is suggested: the moon is full."]


def test_a_loss_that_is_no_number() -> None:
    rates, losses = np.array([0.1, 0.2]), np.array([1.0, math.nan])
    test = RateTest(rates, losses, losses, 20, 4.0, 0.2, None, None, "x")
    assert sentences(test)[0] == "The loss diverged at rate 0.2, step 2 of 20: it was nan."
