"""From the losses of a range test to rates."""

import math

import numpy as np
from numpy.typing import NDArray

from piste.pipelines.rates.descent import Descent
from piste.pipelines.rates.result import RateTest

FEWEST, SHARP, SLOW, ALMOST_SORTED = 5, 7.0, 3.0, -0.9
HALF_WIDTH = 0.05


def conclude(descent: Descent) -> RateTest:
    """Finds where the loss fell most steeply and where it turned up.

    The turn is the rate of the least smoothed loss, provided that the loss fell before it by more than chance, and rose
    after it: the test diverged, or went on for a smoothing horizon. A fall is more than chance if it is seven standard
    errors of the smoothed loss deep, or if the rank correlation of losses and steps is three of its own below zero, or
    below -0.9. The steepest descent is the middle of that tenth of the steps, among those before the least, in which
    the smoothed loss fell most.

    Args:
        descent: after its last loss.

    Returns:
        The test; without a turn it says why.

    Example:
        >>> descent = Descent(steps=12, factor=4.0)
        >>> for step, loss in enumerate([8.0, 8.0, 7.0, 4.0, 2.0, 1.0, 3.0, 9.0]):
        ...     _ = descent.add(2.0**step, loss)
        >>> found = conclude(descent)
        >>> found.steepest, found.turn, found.diverged_at, found.suggestion
        (8.0, 32.0, 128.0, 3.2)
    """
    rates, losses, smoothed = (np.array(part) for part in (descent.rates, descent.losses, descent.smoothed))
    settled = np.flatnonzero(np.isfinite(smoothed[descent.settled :])) + descent.settled
    fell = len(settled) > 0
    least = int(settled[np.argmin(smoothed[settled])]) if fell else 0
    lacking = ""
    if not fell or not _fell(losses, smoothed, descent, least):
        fell, lacking = False, "the loss did not fall by more than chance; try another `min`, or more epochs"
    elif not descent.diverged and len(losses) - 1 - least < descent.horizon:
        lacking = "the loss was still falling at the highest rate; try a larger `max`"
    return RateTest(
        rates=rates,
        losses=losses,
        smoothed=smoothed,
        steps=descent.steps,
        factor=descent.factor,
        diverged_at=descent.rates[-1] if descent.diverged else None,
        steepest=_steepest(rates, smoothed, descent, least) if fell else None,
        turn=None if lacking else float(rates[least]),
        lacking=lacking,
    )


def _fell(losses: NDArray[np.float64], smoothed: NDArray[np.float64], descent: Descent, least: int) -> bool:
    """Whether the loss fell, sharply against its noise at the end of a plateau, or slowly within its noise."""
    if least + 1 < FEWEST:
        return False
    before = losses[: least + 1]
    # A second difference of independent noise has six times its variance, and takes no notice of a steady descent.
    noise = math.sqrt(np.mean(np.diff(before, n=2) ** 2) / 6)
    error = noise / math.sqrt(2 * descent.horizon - 1)
    ranks = np.argsort(np.argsort(before, kind="stable"))
    rho = np.corrcoef(ranks, np.arange(least + 1))[0, 1]
    depth = smoothed[descent.settled] - smoothed[least]
    return bool(depth > SHARP * error or rho < max(-SLOW / math.sqrt(least), ALMOST_SORTED))


def _steepest(rates: NDArray[np.float64], smoothed: NDArray[np.float64], descent: Descent, least: int) -> float | None:
    half = max(1, round(HALF_WIDTH * descent.steps))
    first, windows = descent.settled, least + 1 - 2 * half - descent.settled
    if windows < 1:
        return None
    falls = smoothed[first + 2 * half : least + 1] - smoothed[first : first + windows]
    return float(rates[first + half + np.argmin(falls)])
