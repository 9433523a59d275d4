"""The schedule that waits for a plateau: the one that is no function of the step."""

from typing import Any

import keras

from piste.pipelines.config.catalog import entries
from piste.pipelines.config.components import Component

PERFORMANCE = "performance"


def performance(schedule: Component | None) -> Any:
    """Returns the Keras callback that multiplies the rate when a figure stops improving.

    Args:
        schedule: the config's; None and other schedules give None.
    """
    if schedule is None or schedule.type != PERFORMANCE:
        return None
    arguments = entries("schedules")[PERFORMANCE].settled(schedule.arguments)
    return keras.callbacks.ReduceLROnPlateau(min_lr=arguments.pop("min_learning_rate"), **arguments)
