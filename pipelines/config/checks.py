"""Rules that span keys: each sees the sections that are valid by themselves and names the keys at odds."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from piste.models.suggest import nearest
from piste.pipelines.config.catalog import entries
from piste.pipelines.config.check_application import application
from piste.pipelines.config.check_classes import class_count, class_names, selection
from piste.pipelines.config.check_head import head, judged
from piste.pipelines.config.check_layers import ending, layer_names
from piste.pipelines.config.check_split import splits
from piste.pipelines.config.check_table import table
from piste.pipelines.config.check_training import settings_at_odds
from piste.pipelines.config.check_weights import weights
from piste.pipelines.config.faults import Fault, Path
from piste.pipelines.config.figures import AUTO_METRIC, figure_names
from piste.pipelines.config.schema.csv import Csv
from piste.pipelines.config.schema.data import Npz, Synthetic
from piste.pipelines.config.schema.keras_set import KerasSet
from piste.pipelines.config.schema.model import Free
from piste.pipelines.config.schema.own import Own
from piste.pipelines.config.schema.tfrecord import Tfrecord
from piste.pipelines.config.schema.zoo_dense import Autoencoder
from piste.pipelines.config.stages import in_stages, place_in
from piste.pipelines.config.written import Written
from piste.pipelines.data.register import OWN_SOURCES


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
        yield from splits(data, written)
        yield from class_names(data, source_task(data))
        selected = list(selection(data, source_task(data)))
        yield from selected
        yield from _drawn(data)
        count = None if selected else class_count(data, task_of(data))
        yield from _synthetic(data)
        yield from _npz(data)
        yield from table(data)
        yield from _records(data)
    if training is not None:
        yield from settings_at_odds(training, written)
    if transfer is not None:
        yield from _transfer(transfer)
    yield from application(model, data)
    if isinstance(model, Free):
        yield from layer_names(model.layers)
    if isinstance(model, Free) and data is not None:
        yield from ending(model.layers, task_of(data), count)
    if isinstance(model, Autoencoder) and data is not None and not data.reconstruct:
        says = "needs `data.reconstruct: true`, since it predicts its own inputs"
        yield Fault(says, ("model", "type"), received=model.type)
    if model is not None and data is not None:
        yield from head(model, task_of(data), count)
    if data is not None and training is not None:
        yield from weights(training, task_of(data))
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
    """Returns what is to be predicted: classes, labels or numbers."""
    return "regression" if data.reconstruct else source_task(data)


def source_task(data: Any) -> str:
    """Returns what the source's labels are for: classification, multilabel or regression."""
    if isinstance(data, Own):
        return OWN_SOURCES[data.source].task
    if isinstance(data, Npz | Csv | Tfrecord | KerasSet):
        return data.task
    return "regression" if isinstance(data, Synthetic) and data.kind == "regression" else "classification"


def monitors(data: Any, training: Any) -> list[str]:
    """Returns the figures of an epoch that early stopping may watch."""
    if training.metrics == "auto":
        names = [AUTO_METRIC[task_of(data)]]
    else:
        names = figure_names(metric.type for metric in training.metrics)
    names = ["loss", *names]
    return names if data.validation is None else names + [f"val_{name}" for name in names]


def _drawn(data: Any) -> Iterator[Fault]:
    if data.pairs is not None and source_task(data) != "classification":
        yield Fault(f"needs classes to compare, but the task is {source_task(data)}", ("data", "pairs"), at="key")
    if data.reconstruct and data.pairs is not None:
        yield Fault("must not be set together with `data.pairs`: remove one", ("data", "reconstruct"), at="key")
    if data.reconstruct and data.scale == "standardize":
        says = "needs `data.scale` unit or none: targets are the inputs in the range of their type"
        yield Fault(says, ("data", "reconstruct"), received=data.scale, at="key")


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


def _records(data: Any) -> Iterator[Fault]:
    for key in ("x", "y"):
        if isinstance(data, Tfrecord) and getattr(data, key) not in data.features:
            names = ", ".join(data.features)
            says = "must be one of `data.features`"
            yield Fault(
                says, ("data", key), f"one of {names}", getattr(data, key), nearest(getattr(data, key), data.features)
            )


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
