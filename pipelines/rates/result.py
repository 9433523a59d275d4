"""What a range test found."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

TURN_TO_RATE = 10.0


@dataclass(frozen=True, eq=False)
class RateTest:
    """The losses of a learning-rate range test, and what follows from them.

    Args:
        rates: the learning rate of each step, (n,) float64.
        losses: the loss of each step's batch, (n,) float64; the last may be no number.
        smoothed: their exponential mean, (n,) float64, see `Descent`.
        steps: how many steps were asked for; n is less where the test diverged.
        factor: on the least smoothed loss, that ends a test.
        diverged_at: the rate of the last step if the test diverged there, else None.
        steepest: the rate around which the smoothed loss fell most within a tenth of the test, or None.
        turn: the rate at which the smoothed loss was least before it rose, or None.
        lacking: why there is no `turn`, in words; "" where there is one.
    """

    rates: NDArray[np.float64]
    losses: NDArray[np.float64]
    smoothed: NDArray[np.float64]
    steps: int
    factor: float
    diverged_at: float | None
    steepest: float | None
    turn: float | None
    lacking: str

    @property
    def suggestion(self) -> float | None:
        """A tenth of the rate where the loss turns up, to two digits; None where it did not."""
        return None if self.turn is None else float(f"{self.turn / TURN_TO_RATE:.1e}")

    @property
    def changes(self) -> tuple[dict[str, Any], ...]:
        """Config keys and values that use the suggestion, as a constant rate and as 1cycle's peak; () without one."""
        if self.suggestion is None:
            return ()
        cycle = {"type": "one_cycle", "max_rate": self.suggestion}
        return {"training.optimizer.learning_rate": self.suggestion}, {"training.schedule": cycle}
