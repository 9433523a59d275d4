"""Rules about the classes of data: what they are called, which are selected, and how many that makes."""

from collections.abc import Iterator
from typing import Any

from piste.pipelines.config.faults import Fault, Faults
from piste.pipelines.config.schema.data import Embedded, Synthetic
from piste.pipelines.data.class_map import NO_CLASSES, class_map
from piste.pipelines.data.embedded.classes import FASHION_MNIST_CLASSES

_PATH = ("data", "select")


def class_names(data: Any, task: str) -> Iterator[Fault]:
    """Yields the faults of `data.classes`."""
    names = data.classes
    if names is None:
        return
    path = ("data", "classes")
    if task == "regression":
        yield Fault(f"must be null: {NO_CLASSES[task]}", path, at="key")
    for index, name in enumerate(names):
        if name in names[:index]:
            yield Fault("is given twice", (*path, index), received=name)
    if isinstance(data, Synthetic) and task == "classification" and len(names) != data.num_classes:
        says = f"must have {data.num_classes} names, as many as `data.num_classes`"
        yield Fault(says, path, received=str(len(names)), at="key")


def selection(data: Any, task: str) -> Iterator[Fault]:
    """Yields the faults of `data.select`, as far as they show without the data."""
    select = data.select
    if select is None:
        return
    if select.train_samples is not None and select.train_per_class is not None:
        yield Fault("must not be set together with `train_samples`: remove one", (*_PATH, "train_per_class"), at="key")
    if select.validation_per_class is not None and data.validation is None:
        says = "needs validation samples, but `data.validation` is null"
        yield Fault(says, (*_PATH, "validation_per_class"), at="key")
    if task != "classification":
        for key in ("classes", "merge", "train_per_class", "validation_per_class"):
            if getattr(select, key) is not None:
                yield Fault(f"must be null: {NO_CLASSES[task]}", (*_PATH, key), at="key")
        return
    names, merge = _known_names(data), select.merge
    if names is None and select.classes is not None:
        names, merge = tuple(dict.fromkeys(select.classes)), None
    if names is not None:
        try:
            class_map(names, select.classes, merge)
        except Faults as error:
            yield from (fault.under(*_PATH) for fault in error.faults)


def class_count(data: Any, task: str) -> int | None:
    """Returns how many classes a model is to tell apart, or None where only the data can say.

    Args:
        data: the section, without faults of its own.
        task: what is predicted.
    """
    if task == "regression":
        return None
    if data.pairs is not None:
        return 2
    names, select = _known_names(data), data.select
    if select is None:
        return None if names is None else len(names)
    if names is not None:
        return len(class_map(names, select.classes, select.merge).names)
    return len(select.classes) if select.classes is not None and select.merge is None else None


def _known_names(data: Any) -> tuple[str, ...] | None:
    if data.classes is not None:
        return tuple(data.classes)
    if isinstance(data, Embedded):
        return FASHION_MNIST_CLASSES
    return tuple(map(str, range(data.num_classes))) if isinstance(data, Synthetic) else None
