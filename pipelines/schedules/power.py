"""The power schedule."""

from typing import Any

import keras
from keras import ops


@keras.saving.register_keras_serializable(package="piste")
class Power(keras.optimizers.schedules.LearningRateSchedule):
    """initial_learning_rate / (1 + step / decay_steps)^power: after decay_steps half, for power 1, then a third.

    Args:
        initial_learning_rate: the rate at step 0.
        decay_steps: steps after which the denominator is 2^power.
        power: 1 is Keras's `InverseTimeDecay` with a decay rate of 1.

    Example:
        >>> rate = Power(initial_learning_rate=0.8, decay_steps=10, power=2.0)
        >>> [round(float(rate(step)), 4) for step in (0, 10, 30)]
        [0.8, 0.2, 0.05]

    References:
        Robbins & Monro 1951, A Stochastic Approximation Method, doi:10.1214/aoms/1177729586, for powers above 1/2.
    """

    def __init__(self, initial_learning_rate: float, decay_steps: float, power: float = 1.0) -> None:
        super().__init__()
        self.initial_learning_rate, self.decay_steps, self.power = initial_learning_rate, decay_steps, power

    def __call__(self, step: Any) -> Any:
        """Returns the rate at a step, counted from 0."""
        return self.initial_learning_rate / ops.power(1.0 + ops.cast(step, "float32") / self.decay_steps, self.power)

    def get_config(self) -> dict[str, Any]:
        """Returns the arguments."""
        return {
            "initial_learning_rate": self.initial_learning_rate,
            "decay_steps": self.decay_steps,
            "power": self.power,
        }
