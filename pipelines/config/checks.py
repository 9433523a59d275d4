"""Rules that span keys: each sees the sections that are valid by themselves and names the keys at odds."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from piste.pipelines.config import nodes
from piste.pipelines.config.catalog import entries
from piste.pipelines.config.check_classes import class_count, class_names, selection
from piste.pipelines.config.check_head import head, judged
from piste.pipelines.config.check_layers import ending, layer_names
from piste.pipelines.config.faults import Fault, Path
from piste.pipelines.config.figures import figure_names
from piste.pipelines.config.schema.data import Npz, Synthetic
from piste.pipelines.config.schema.model import Free
from piste.pipelines.config.schema.own import Own
from piste.pipelines.config.source import Source
from piste.pipelines.config.stages import in_stages, place_in
from piste.pipelines.config.suggest import nearest
from piste.pipelines.data.register import OWN_SOURCES

_CLIPPING = ("clipnorm", "clipvalue", "global_clipnorm")


@dataclass(frozen=True)
class Written:
    """What was written: the merged tree and the texts it was merged from, later ones over earlier ones."""

    tree: nodes.Mapping
    sources: Sequence[Source]

    def node(self, path: Path) -> nodes.Node | None:
        """Returns what stands at a path of names, or None."""
        node: nodes.Node | None = self.tree
        for step in path:
            node = node.get(str(step)) if isinstance(node, nodes.Mapping) else None
        return node

    def rank(self, node: nodes.Node) -> int:
        """Returns how late the text came that a node is from."""
        return next((rank for rank, source in enumerate(self.sources) if source == node.mark.source), -1)


def check_sections(sections: Mapping[str, Any], written: Written) -> Iterator[Fault]:
    """Yields the faults of every rule whose sections are all valid.

    Args:
        sections: the valid ones by name.
        written: what was written, for rules about where a value came from.
    """
    data, model, transfer, training, health = (
        sections.get(name) for name in ("data", "model", "transfer", "training", "health")
    )
    count = None
    if data is not None:
        yield from _validation(data)
        yield from class_names(data, task_of(data))
        selected = list(selection(data, task_of(data)))
        yield from selected
        count = None if selected else class_count(data, task_of(data))
        yield from _synthetic(data)
        yield from _npz(data)
    if training is not None:
        yield from _stages(training, written)
    if transfer is not None:
        yield from _transfer(transfer)
    if isinstance(model, Free):
        yield from layer_names(model.layers)
    if isinstance(model, Free) and data is not None:
        yield from ending(model.layers, task_of(data), count)
    if model is not None and data is not None:
        yield from head(model, task_of(data), count)
    if data is not None and training is not None:
        for index, part in enumerate(in_stages(training)):
            for fault in _monitor(data, part):
                yield replace(fault, path=place_in(training, index, fault.path))
        yield from judged(model, task_of(data), training)
    if data is not None and health is not None:
        yield from _probe(data, health)
    if training is not None and health is not None and health.probe is not None:
        for index, stage in enumerate(training.stages or ()):
            if stage.cache_frozen:
                says = "must be false with `health.probe`, whose inputs go through the frozen layers: remove one"
                yield Fault(says, ("training", "stages", index, "cache_frozen"), at="key")


def task_of(data: Any) -> str:
    """Returns what the data asks for: classification or regression."""
    if isinstance(data, Own):
        return OWN_SOURCES[data.source].task
    if isinstance(data, Npz):
        return data.task
    return "regression" if isinstance(data, Synthetic) and data.kind == "regression" else "classification"


def monitors(data: Any, training: Any) -> list[str]:
    """Returns the figures of an epoch that early stopping may watch."""
    if training.metrics == "auto":
        names = ["accuracy"] if task_of(data) == "classification" else ["mean_absolute_error"]
    else:
        names = figure_names(metric.type for metric in training.metrics)
    names = ["loss", *names]
    return names if data.validation is None else names + [f"val_{name}" for name in names]


def sets_rate(schedule: Any) -> bool:
    """Whether a schedule brings its own learning rate, so that the optimiser's is not used."""
    arguments = entries("schedules")[schedule.type].arguments
    return "initial_learning_rate" in arguments or "values" in arguments


def _validation(data: Any) -> Iterator[Fault]:
    validation = data.validation
    if validation is None:
        return
    path = ("data", "validation")
    if (validation.size is None) == (validation.fraction is None):
        given = "both" if validation.size is not None else "neither"
        yield Fault("must give `size` or `fraction`, one of the two", path, received=given, at="key")
    if validation.seed is not None and validation.from_ != "random":
        yield Fault("has no effect unless `from` is random", (*path, "seed"), at="key")


def _synthetic(data: Any) -> Iterator[Fault]:
    if not isinstance(data, Synthetic):
        return
    path, classes = ("data", "num_classes"), str(data.num_classes)
    if data.kind == "circles" and data.features != 2:
        says = "must be 2: circles lie in the plane"
        yield Fault(says, ("data", "features"), received=str(data.features))
    if data.kind == "circles" and data.num_classes != 2:
        yield Fault("must be 2: there are two circles", path, received=classes)
    if data.kind == "regression" and data.num_classes != Synthetic.model_fields["num_classes"].default:
        yield Fault("has no effect: regression has no classes", path, received=classes, at="key")


def _npz(data: Any) -> Iterator[Fault]:
    if isinstance(data, Npz) and (data.x_test is None) != (data.y_test is None):
        missing, other = ("x_test", "y_test") if data.x_test is None else ("y_test", "x_test")
        yield Fault(f"must be given together with `data.{other}`, or both be null", ("data", missing))


def _stages(training: Any, written: Written) -> Iterator[Fault]:
    """Yields the faults of each stage once, in the place where they were written."""
    faults: dict[Fault, None] = {}
    for index, part in enumerate(in_stages(training)):
        for rule in (_clipping, _schedule, _momentum):
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
    for index, stage in enumerate(training.stages):
        if stage.cache_frozen and not stage.freeze:
            says = "needs layers to `freeze`: nothing else can be computed once and for all"
            yield Fault(says, ("training", "stages", index, "cache_frozen"), at="key")


def _transfer(transfer: Any) -> Iterator[Fault]:
    if (transfer.run is None) == (transfer.weights is None):
        given = "both" if transfer.run is not None else "neither"
        yield Fault("must give `run` or `weights`, one of the two", ("transfer",), received=given, at="key")


def _monitor(data: Any, training: Any) -> Iterator[Fault]:
    watched: dict[Path, str] = {}
    if training.early_stopping is not None:
        watched["training", "early_stopping", "monitor"] = training.early_stopping.monitor
    if training.schedule is not None and training.schedule.type == "performance":
        settled = entries("schedules")["performance"].settled(training.schedule.arguments)
        watched["training", "schedule", "monitor"] = settled["monitor"]
    known = monitors(data, training)
    for path, monitor in watched.items():
        if data.validation is None and monitor.startswith("val_"):
            yield Fault("needs validation samples, but `data.validation` is null", path, received=monitor)
        elif monitor not in known:
            near = nearest(monitor, known)
            yield Fault("must be a figure of an epoch", path, f"one of {', '.join(known)}", monitor, near)


def _probe(data: Any, health: Any) -> Iterator[Fault]:
    if data.validation is None and health.probe is not None:
        says = "needs validation samples, but `data.validation` is null"
        yield Fault(says, ("health", "probe"), received=health.probe)


def _clipping(training: Any) -> Iterator[Fault]:
    given = [name for name in _CLIPPING if training.optimizer.arguments.get(name) is not None]
    for name in given[1:]:
        says = f"must not be set together with `{given[0]}`: Keras clips in one way"
        yield Fault(says, ("training", "optimizer", name), at="key")


def _schedule(training: Any) -> Iterator[Fault]:
    schedule = training.schedule
    if schedule is None or schedule.type != "piecewise_constant_decay":
        return
    boundaries, values = schedule.arguments["boundaries"], schedule.arguments["values"]
    path = ("training", "schedule")
    if len(values) != len(boundaries) + 1:
        says = f"must have {len(boundaries) + 1} items, one more than `boundaries`"
        yield Fault(says, (*path, "values"), received=str(len(values)))
    if list(boundaries) != sorted(set(boundaries)):
        yield Fault("must increase", (*path, "boundaries"), received=", ".join(map(str, boundaries)))


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
        name = training.schedule.type
        says = f"must not be set together with the schedule `{name}`, which sets the rate itself: remove one"
        yield Fault(says, ("training", "optimizer", "learning_rate"), at="key")
