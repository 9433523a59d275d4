"""What a range test is asked for."""

import math
from dataclasses import dataclass

from piste.pipelines.errors import UsageError

FEWEST_STEPS = 10


@dataclass(frozen=True)
class RateRequest:
    """Which rates to try, for how long, and when to stop.

    Args:
        min_rate: the rate at the first step.
        max_rate: the rate at the last step.
        epochs: passes over the training samples.
        factor: the test ends where the smoothed loss is above this many times its least.

    Raises:
        UsageError: a number is out of range.

    Example:
        >>> RateRequest().steps(samples=9000, batch_size=32)
        282
    """

    min_rate: float = 1e-5
    max_rate: float = 10.0
    epochs: int = 1
    factor: float = 4.0

    def __post_init__(self) -> None:
        if not 0 < self.min_rate < self.max_rate < math.inf:
            raise UsageError(
                "The rates must grow from a `min` above 0 to a larger, finite `max`. "
                f"Received: min {self.min_rate:g} and max {self.max_rate:g}."
            )
        if self.epochs < 1:
            raise UsageError(f"A range test needs at least 1 epoch. Received: {self.epochs}.")
        if not 1 < self.factor < math.inf:
            raise UsageError(
                f"The factor on the least loss that ends the test must be above 1. Received: {self.factor:g}."
            )

    def steps(self, samples: int, batch_size: int) -> int:
        """Returns how many steps the test takes.

        Args:
            samples: of the training part.
            batch_size: samples a step.

        Raises:
            UsageError: there are too few for a curve.
        """
        an_epoch = -(-samples // batch_size)
        steps = self.epochs * an_epoch
        if steps < FEWEST_STEPS:
            raise UsageError(
                f"A range test needs at least {FEWEST_STEPS} steps. Received: {self.epochs} x ceil({samples} / "
                f"{batch_size}) = {steps}; ask for {-(-FEWEST_STEPS // an_epoch)} epochs or smaller batches."
            )
        return steps
