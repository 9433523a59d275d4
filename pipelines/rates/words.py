"""What a range test says, in sentences."""

import math

import numpy as np

from piste.callbacks.report.numbers import show
from piste.pipelines.rates.result import TURN_TO_RATE, RateTest


def sentences(test: RateTest) -> list[str]:
    """Puts a test into words: where the loss diverged, fell most steeply and turned up, and the arithmetic.

    Example:
        >>> some = np.array([0.1, 0.4, 1.6])
        >>> for line in sentences(RateTest(some, some, np.array([3.0, 1.0, 5.0]), 10, 4.0, 1.6, 0.2, 0.4, "")):
        ...     print(line)
        The loss diverged at rate 1.6, step 3 of 10: its mean, 5, was above 4 times its least.
        It fell most steeply around rate 0.2.
        It turned up at rate 0.4, where its mean was least, 1.
        A constant rate, or the peak of 1cycle, is a tenth of the rate where it turned up: 0.4 / 10 = 0.04.
    """
    said = [_end(test)]
    if test.steepest is not None:
        said.append(f"It fell most steeply around rate {_rate(test.steepest)}.")
    if test.turn is None:
        return [*said, f"No rate is suggested: {test.lacking}."]
    least = float(test.smoothed[np.searchsorted(test.rates, test.turn)])
    said.append(f"It turned up at rate {_rate(test.turn)}, where its mean was least, {show(least)}.")
    said.append(
        "A constant rate, or the peak of 1cycle, is a tenth of the rate where it turned up: "
        f"{_rate(test.turn)} / {TURN_TO_RATE:g} = {test.suggestion:g}."
    )
    return said


def _end(test: RateTest) -> str:
    if test.diverged_at is None:
        return f"The loss did not diverge up to rate {_rate(float(test.rates[-1]))}."
    where = f"The loss diverged at rate {_rate(test.diverged_at)}, step {len(test.losses)} of {test.steps}"
    if not math.isfinite(test.losses[-1]):
        return f"{where}: it was {show(float(test.losses[-1]))}."
    return f"{where}: its mean, {show(float(test.smoothed[-1]))}, was above {test.factor:g} times its least."


def _rate(rate: float) -> str:
    return f"{rate:.2g}"
