"""A schedule that counts epochs."""

from typing import Any

import keras
from keras import ops


@keras.saving.register_keras_serializable(package="piste")
class PerEpoch(keras.optimizers.schedules.LearningRateSchedule):
    """Another schedule, evaluated at the number of finished epochs: the rate is constant within each.

    Args:
        schedule: a schedule whose arguments are in epochs.
        steps_per_epoch: optimizer steps of an epoch.

    Example:
        >>> halving = keras.optimizers.schedules.ExponentialDecay(0.8, decay_steps=1, decay_rate=0.5)
        >>> rate = PerEpoch(halving, steps_per_epoch=100)
        >>> [round(float(rate(step)), 4) for step in (0, 99, 100, 250)]
        [0.8, 0.8, 0.4, 0.2]
    """

    def __init__(self, schedule: Any, steps_per_epoch: int) -> None:
        super().__init__()
        self.schedule, self.steps_per_epoch = schedule, steps_per_epoch

    def __call__(self, step: Any) -> Any:
        """Returns the rate at a step, counted from 0."""
        return self.schedule(ops.floor_divide(ops.cast(step, "int64"), self.steps_per_epoch))

    def get_config(self) -> dict[str, Any]:
        """Returns the arguments."""
        schedule = keras.saving.serialize_keras_object(self.schedule)
        return {"schedule": schedule, "steps_per_epoch": self.steps_per_epoch}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> "PerEpoch":
        """Makes it from what `get_config` returned."""
        return cls(keras.saving.deserialize_keras_object(config["schedule"]), config["steps_per_epoch"])
