"""The learning-rate schedule 1cycle."""

from typing import Any

import keras
from keras import ops


@keras.saving.register_keras_serializable(package="piste")
class OneCycle(keras.optimizers.schedules.LearningRateSchedule):
    """Raises the rate linearly, lowers it as fast, and ends far below where it began.

    The rate goes from `max_rate * start_fraction` to `max_rate` in the first 45 % of the steps, back in the next
    45 %, and on to `max_rate * start_fraction * final_fraction` in the last 10 %.

    Args:
        max_rate: the peak.
        steps: optimizer steps of the whole training.
        start_fraction: where it begins, as a share of the peak.
        final_fraction: where it ends, as a share of where it began.

    Example:
        >>> rate = OneCycle(max_rate=1.0, steps=100)
        >>> [round(float(rate(step)), 4) for step in (0, 45, 90, 100)]
        [0.1, 1.0, 0.1, 0.0001]

    References:
        Smith, 2018, A disciplined approach to neural network hyper-parameters, arXiv:1803.09820.
    """

    def __init__(self, max_rate: float, steps: int, start_fraction: float = 0.1, final_fraction: float = 0.001) -> None:
        super().__init__()
        self.max_rate, self.steps = max_rate, steps
        self.start_fraction, self.final_fraction = start_fraction, final_fraction

    def __call__(self, step: Any) -> Any:
        """Returns the rate at a step, counted from 0."""
        share = ops.cast(step, "float32") / self.steps
        start = self.max_rate * self.start_fraction
        rise = start + (self.max_rate - start) * share / 0.45
        fall = self.max_rate - (self.max_rate - start) * (share - 0.45) / 0.45
        end = start + (start * self.final_fraction - start) * ops.minimum((share - 0.9) / 0.1, 1.0)
        return ops.where(share < 0.45, rise, ops.where(share < 0.9, fall, end))

    def get_config(self) -> dict[str, Any]:
        """Returns the arguments."""
        return {
            "max_rate": self.max_rate,
            "steps": self.steps,
            "start_fraction": self.start_fraction,
            "final_fraction": self.final_fraction,
        }
