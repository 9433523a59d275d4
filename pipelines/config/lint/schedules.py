"""Whether what waits for a step or an epoch ever gets there."""

from collections.abc import Iterator
from typing import Any

from piste.pipelines.config.catalog import entries
from piste.pipelines.config.config import Config
from piste.pipelines.config.faults import Fault, Path

_PATH: Path = ("training", "schedule")
_ENDS_AT_ZERO = {"cosine_decay": "alpha", "polynomial_decay": "end_learning_rate"}


def schedule_never_fires(config: Config, steps_per_epoch: int | None) -> Iterator[Fault]:
    """A schedule that changes nothing within the run, or whose warm-up does not end in it."""
    schedule = config.training.schedule
    if schedule is None:
        return
    epochs, arguments = config.training.epochs, entries("schedules")[schedule.type].settled(schedule.arguments)
    if schedule.type == "performance":
        if arguments["patience"] >= epochs:
            says = f"never lowers the rate: the run has {epochs} epochs, and it waits for {arguments['patience']}"
            yield Fault(says, (*_PATH, "patience"), received=str(arguments["patience"]))
        return
    end, words = _length(config, arguments, steps_per_epoch)
    if end is None:
        return
    if arguments.get("warm_up", 0) >= end:
        yield Fault(f"does not end within the run, which has {words}", (*_PATH, "warm_up"), received=_number(arguments))
    if "boundaries" in arguments and min(arguments["boundaries"], default=end) >= end:
        says = f"never fires: the run has {words}, and the first boundary is at {min(arguments['boundaries']):g}"
        yield Fault(says, (*_PATH, "boundaries"))
    if arguments.get("staircase") and arguments["decay_steps"] >= end:
        says = f"never fires: the run has {words}, and the first stair is at {arguments['decay_steps']:g}"
        yield Fault(says, (*_PATH, "decay_steps"))


def schedule_ends_early(config: Config, steps_per_epoch: int | None) -> Iterator[Fault]:
    """A schedule that reaches the rate 0 long before the run ends."""
    schedule = config.training.schedule
    if schedule is None or schedule.type not in _ENDS_AT_ZERO:
        return
    arguments = entries("schedules")[schedule.type].settled(schedule.arguments)
    end, words = _length(config, arguments, steps_per_epoch)
    reached = arguments["decay_steps"] + (arguments.get("warmup_steps") or 0)
    if end is None or arguments[_ENDS_AT_ZERO[schedule.type]] > 0 or arguments.get("cycle") or reached >= 0.9 * end:
        return
    says = f"ends at {reached:g}, where the rate is 0; the run has {words}, and the rest of it changes nothing"
    yield Fault(says, (*_PATH, "decay_steps"))


def early_stopping_never_fires(config: Config) -> Iterator[Fault]:
    """Early stopping that waits for longer than the run lasts."""
    stopping, epochs = config.training.early_stopping, config.training.epochs
    if stopping is not None and stopping.patience >= epochs:
        says = f"should be below `training.epochs`, {epochs}: training ends before it can stop"
        yield Fault(says, ("training", "early_stopping", "patience"), received=str(stopping.patience))


def _length(config: Config, arguments: dict[str, Any], steps_per_epoch: int | None) -> tuple[int | None, str]:
    """Returns the length of the run in the schedule's unit, and in words."""
    epochs = config.training.epochs
    if arguments.get("unit") == "epoch":
        return epochs, f"{epochs} epochs"
    if steps_per_epoch is None:
        return None, ""
    steps = epochs * steps_per_epoch
    return steps, f"{steps} steps ({epochs} epochs of {steps_per_epoch})"


def _number(arguments: dict[str, Any]) -> str:
    return f"{arguments['warm_up']:g}"
