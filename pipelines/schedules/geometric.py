"""The learning rates of a range test."""

from typing import Any

import keras
import numpy as np
from keras import ops


@keras.saving.register_keras_serializable(package="piste")
class Geometric(keras.optimizers.schedules.LearningRateSchedule):
    """min_rate * (max_rate / min_rate) ^ ((step - first) / (steps - 1)): the same factor at every step.

    Args:
        min_rate: the rate at the first step.
        max_rate: the rate at the last step.
        steps: optimizer steps from the one to the other, both included; at least 2.
        first: the number of the first step, for an optimizer that has done some.

    Example:
        >>> rate = Geometric(min_rate=0.01, max_rate=100.0, steps=5)
        >>> [round(float(rate(step)), 4) for step in range(5)]
        [0.01, 0.1, 1.0, 10.0, 100.0]

    References:
        Smith 2017, Cyclical Learning Rates for Training Neural Networks, arXiv:1506.01186, section 3.3, whose test
        is linear in the rate.
    """

    def __init__(self, min_rate: float, max_rate: float, steps: int, first: int = 0) -> None:
        super().__init__()
        self.min_rate, self.max_rate, self.steps, self.first = min_rate, max_rate, steps, first

    def __call__(self, step: Any) -> Any:
        """Returns the rate at a step, counted from 0."""
        share = ops.cast(ops.cast(step, "int64") - self.first, "float32") / (self.steps - 1)
        return self.min_rate * ops.exp(float(np.log(self.max_rate / self.min_rate)) * share)

    def get_config(self) -> dict[str, Any]:
        """Returns the arguments."""
        return {"min_rate": self.min_rate, "max_rate": self.max_rate, "steps": self.steps, "first": self.first}
