"""From the config's optimiser and schedule to Keras's."""

from typing import Any

import keras

from piste.pipelines.config.catalog import entries
from piste.pipelines.config.components import Component
from piste.pipelines.config.schema.training import Training
from piste.pipelines.schedules.cycled_sgd import CycledSGD
from piste.pipelines.schedules.one_cycle import OneCycle
from piste.pipelines.schedules.per_epoch import PerEpoch
from piste.pipelines.schedules.performance import PERFORMANCE
from piste.pipelines.schedules.piecewise import Piecewise
from piste.pipelines.schedules.power import Power
from piste.pipelines.schedules.warm_up import WarmUp

_OWN = {"power": Power, "piecewise": Piecewise}


def make_optimizer(training: Training, steps_per_epoch: int) -> Any:
    """Makes the optimizer with its schedule.

    Args:
        training: the config's section.
        steps_per_epoch: optimizer steps of an epoch.
    """
    kind, arguments = training.optimizer.type, dict(training.optimizer.arguments)
    # Keras would count its optimizers, and the file of the weights would differ from run to run in a process.
    arguments.setdefault("name", kind)
    cls: Any = getattr(keras.optimizers, str(entries("optimizers")[kind].class_name))
    schedule = training.schedule
    if schedule is None or schedule.type == PERFORMANCE:
        return cls(**arguments)
    if schedule.type == "one_cycle":
        cycle = dict(schedule.arguments)
        momenta = {"momentum": cycle.pop("max_momentum", None), "min_momentum": cycle.pop("min_momentum", None)}
        arguments["learning_rate"] = OneCycle(steps=steps_per_epoch * training.epochs, **cycle)
        return cls(**arguments) if None in momenta.values() else CycledSGD(**arguments | momenta)
    base = arguments.get("learning_rate", entries("optimizers")[kind].arguments["learning_rate"].default)
    arguments["learning_rate"] = make_schedule(schedule, base, steps_per_epoch)
    return cls(**arguments)


def make_schedule(schedule: Component, base: float, steps_per_epoch: int) -> Any:
    """Makes a schedule that is a function of the step alone.

    Args:
        schedule: neither one_cycle nor performance.
        base: the optimiser's own rate, for the schedule `constant`.
        steps_per_epoch: optimizer steps of an epoch.
    """
    arguments = dict(schedule.arguments)
    per_epoch, warm_up = arguments.pop("unit", "step") == "epoch", arguments.pop("warm_up", 0)
    made: Any = base
    if schedule.type != "constant":
        found = entries("schedules")[schedule.type].class_name
        cls = _OWN.get(schedule.type) or getattr(keras.optimizers.schedules, str(found))
        made = cls(**arguments)
        if per_epoch:
            made = PerEpoch(made, steps_per_epoch)
    if warm_up:
        made = WarmUp(made, round(warm_up * (steps_per_epoch if per_epoch else 1)))
    return made
