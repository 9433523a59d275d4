"""SGD whose momentum falls while 1cycle's rate rises."""

from typing import Any

import keras
from keras import ops

from piste.pipelines.schedules.one_cycle import OneCycle


@keras.saving.register_keras_serializable(package="piste")
class CycledSGD(keras.optimizers.SGD):
    """SGD under 1cycle: momentum goes from `momentum` to `min_momentum` at the rate's peak and back, then stays.

    Args:
        learning_rate: a `OneCycle`.
        momentum: the greatest momentum.
        min_momentum: the momentum at the peak of the rate.
        **kwargs: of `keras.optimizers.SGD`.

    Raises:
        ValueError: the rate is no `OneCycle`.

    References:
        Smith 2018, A disciplined approach to neural network hyper-parameters, arXiv:1803.09820, section 4.3.
    """

    def __init__(self, learning_rate: Any, momentum: float = 0.95, min_momentum: float = 0.85, **kwargs: Any) -> None:
        super().__init__(learning_rate, momentum=momentum, **kwargs)
        if not isinstance(self._learning_rate, OneCycle):
            raise ValueError(f"`learning_rate` must be a OneCycle. Received: {self._learning_rate!r}.")
        self.min_momentum = min_momentum

    def momentum_at(self, step: Any) -> Any:
        """Returns the momentum at a step, counted from 0."""
        peak = self._learning_rate.max_rate
        start = peak * self._learning_rate.start_fraction
        height = ops.clip((self._learning_rate(step) - start) / (peak - start), 0.0, 1.0)
        return self.momentum - (self.momentum - self.min_momentum) * height

    def update_step(self, gradient: Any, variable: Any, learning_rate: Any) -> None:
        """Moves one variable."""
        velocity = self.momentums[self._get_variable_index(variable)]
        momentum = ops.cast(self.momentum_at(self.iterations), variable.dtype)
        step = ops.cast(gradient, variable.dtype) * ops.cast(learning_rate, variable.dtype)
        after = velocity * momentum - step
        self.assign(velocity, after)
        self.assign_add(variable, after * momentum - step if self.nesterov else after)

    def get_config(self) -> dict[str, Any]:
        """Returns the arguments."""
        return {**super().get_config(), "min_momentum": self.min_momentum}
