"""Constant rates, one after the other."""

from collections.abc import Sequence
from typing import Any

import keras
from keras import ops


@keras.saving.register_keras_serializable(package="piste")
class Piecewise(keras.optimizers.schedules.LearningRateSchedule):
    """values[0] before boundaries[0], values[1] from there on and before boundaries[1], and so on.

    Keras's `PiecewiseConstantDecay` keeps the old value at the boundary itself; in epochs that is one epoch late.

    Args:
        boundaries: steps, or epochs, from which on the next value holds; increasing.
        values: one more than boundaries.

    Example:
        >>> rate = Piecewise([5, 15], [0.01, 0.005, 0.001])
        >>> [round(float(rate(step)), 4) for step in (0, 4, 5, 14, 15, 99)]
        [0.01, 0.01, 0.005, 0.005, 0.001, 0.001]
    """

    def __init__(self, boundaries: Sequence[float], values: Sequence[float]) -> None:
        super().__init__()
        self.boundaries, self.values = list(boundaries), list(values)

    def __call__(self, step: Any) -> Any:
        """Returns the rate at a step, counted from 0."""
        rate = ops.cast(self.values[0], "float32")
        for boundary, value in zip(self.boundaries, self.values[1:], strict=True):
            rate = ops.where(ops.cast(step, "float32") >= boundary, ops.cast(value, "float32"), rate)
        return rate

    def get_config(self) -> dict[str, Any]:
        """Returns the arguments."""
        return {"boundaries": self.boundaries, "values": self.values}
