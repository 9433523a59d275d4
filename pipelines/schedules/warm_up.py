"""A rate that rises from near nothing."""

from typing import Any

import keras
from keras import ops


@keras.saving.register_keras_serializable(package="piste")
class WarmUp(keras.optimizers.schedules.LearningRateSchedule):
    """Another schedule's rate times min(1, (step + 1) / steps).

    Args:
        schedule: what follows, a schedule or a constant rate; it counts from step 0 too.
        steps: optimizer steps until the full rate.

    Example:
        >>> rate = WarmUp(0.8, steps=4)
        >>> [round(float(rate(step)), 4) for step in (0, 1, 3, 50)]
        [0.2, 0.4, 0.8, 0.8]

    References:
        Goyal et al. 2017, Accurate, Large Minibatch SGD, arXiv:1706.02677, section 2.2.
    """

    def __init__(self, schedule: Any, steps: int) -> None:
        super().__init__()
        self.schedule, self.steps = schedule, steps

    def __call__(self, step: Any) -> Any:
        """Returns the rate at a step, counted from 0."""
        rate = self.schedule(step) if callable(self.schedule) else self.schedule
        return rate * ops.minimum(1.0, (ops.cast(step, "float32") + 1) / self.steps)

    def get_config(self) -> dict[str, Any]:
        """Returns the arguments."""
        return {"schedule": keras.saving.serialize_keras_object(self.schedule), "steps": self.steps}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> "WarmUp":
        """Makes it from what `get_config` returned."""
        return cls(keras.saving.deserialize_keras_object(config["schedule"]), config["steps"])
