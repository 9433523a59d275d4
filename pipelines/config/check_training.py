"""Rules about the training: settings that contradict each other, in the whole or in one of its stages."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from piste.pipelines.config import nodes
from piste.pipelines.config.catalog import entries
from piste.pipelines.config.faults import Fault
from piste.pipelines.config.stages import in_stages, place_in
from piste.pipelines.config.written import Written

_CLIPPING = ("clipnorm", "clipvalue", "global_clipnorm")
_TWO_RATES = "must not be set together with the schedule `{}`, which sets the rate itself: remove one"


def settings_at_odds(training: Any, written: Written) -> Iterator[Fault]:
    """Yields a fault for each setting of the training that contradicts another one, in the place where it was written.

    Args:
        training: the section; its stages are checked one by one.
        written: what was written.
    """
    faults: dict[Fault, None] = {}
    for index, part in enumerate(in_stages(training)):
        for rule in (_clipping, _schedule, _momentum, _weight_decay):
            faults |= {replace(fault, path=place_in(training, index, fault.path)): None for fault in rule(part)}
        own = training.stages is not None and training.stages[index].schedule is not None
        if not own:
            faults |= dict.fromkeys(_learning_rate(part, written))
    yield from faults
    if training.stages is None:
        return
    epochs, stages = written.node(("training", "epochs")), written.node(("training", "stages"))
    if epochs is not None and stages is not None and written.rank(epochs) >= written.rank(stages):
        says = "must not be set together with `training.stages`, which have epochs of their own: remove one"
        yield Fault(says, ("training", "epochs"), at="key")
    for index, (stage, part) in enumerate(zip(training.stages, in_stages(training), strict=True)):
        rate = "learning_rate" in stage.optimizer.arguments if stage.optimizer is not None else False
        if rate and part.schedule is not None and sets_rate(part.schedule):
            says = _TWO_RATES.format(part.schedule.type)
            yield Fault(says, ("training", "stages", index, "optimizer", "learning_rate"), at="key")
        if stage.cache_frozen and not stage.freeze:
            says = "needs layers to `freeze`: nothing else can be computed once and for all"
            yield Fault(says, ("training", "stages", index, "cache_frozen"), at="key")


def sets_rate(schedule: Any) -> bool:
    """Whether a schedule brings its own learning rate, so that the optimiser's is not used."""
    arguments = entries("schedules")[schedule.type].arguments
    return "initial_learning_rate" in arguments or "values" in arguments


def _clipping(training: Any) -> Iterator[Fault]:
    given = [name for name in _CLIPPING if training.optimizer.arguments.get(name) is not None]
    for name in given[1:]:
        says = f"must not be set together with `{given[0]}`: Keras clips in one way"
        yield Fault(says, ("training", "optimizer", name), at="key")


def _weight_decay(training: Any) -> Iterator[Fault]:
    settled = entries("optimizers")[training.optimizer.type].settled(training.optimizer.arguments)
    if training.no_weight_decay and not settled.get("weight_decay"):
        says = "has no effect: the optimizer has no `weight_decay`"
        yield Fault(says, ("training", "no_weight_decay"), received=training.optimizer.type, at="key")


def _schedule(training: Any) -> Iterator[Fault]:
    schedule = training.schedule
    if schedule is None or "boundaries" not in schedule.arguments:
        return
    boundaries, values = schedule.arguments["boundaries"], schedule.arguments["values"]
    path = ("training", "schedule")
    if len(values) != len(boundaries) + 1:
        says = f"must have {len(boundaries) + 1} items, one more than `boundaries`"
        yield Fault(says, (*path, "values"), received=str(len(values)))
    if list(boundaries) != sorted(set(boundaries)):
        yield Fault(
            "must increase", (*path, "boundaries"), received=", ".join(f"{boundary:g}" for boundary in boundaries)
        )


def _momentum(training: Any) -> Iterator[Fault]:
    schedule = training.schedule
    if schedule is None or schedule.arguments.get("max_momentum") is None:
        return
    if training.optimizer.type != "sgd":
        says = "needs the optimizer `sgd`, whose momentum may change by step"
        yield Fault(says, ("training", "schedule", "max_momentum"), received=training.optimizer.type, at="key")
    if training.optimizer.arguments.get("momentum") is not None:
        says = "must not be set together with the schedule's `max_momentum`: remove one"
        yield Fault(says, ("training", "optimizer", "momentum"), at="key")


def _learning_rate(training: Any, written: Written) -> Iterator[Fault]:
    """A schedule with its own rate replaces one that an earlier text gave; otherwise they contradict."""
    if training.schedule is None or not sets_rate(training.schedule):
        return
    rate = written.node(("training", "optimizer", "learning_rate"))
    schedule = written.node(("training", "schedule"))
    if rate is None or schedule is None:
        return
    chosen = schedule.entries["type"].value if isinstance(schedule, nodes.Mapping) else schedule
    if written.rank(rate) >= written.rank(chosen):
        says = _TWO_RATES.format(training.schedule.type)
        yield Fault(says, ("training", "optimizer", "learning_rate"), at="key")
