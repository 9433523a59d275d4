"""Keeps some classes and the first samples of what a source read."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from piste.pipelines.config.faults import Fault, Faults
from piste.pipelines.data.class_map import LEFT_OUT, NO_CLASSES, class_map
from piste.pipelines.data.dataset import Arrays, Data


def select_samples(
    data: Data,
    *,
    classes: Sequence[str] | None = None,
    merge: Mapping[str, Sequence[str]] | None = None,
    train_samples: int | None = None,
    train_per_class: int | None = None,
    validation_per_class: int | None = None,
) -> Data:
    """Selects from data whose validation part is set aside already.

    Classes are selected in every part, numbers of samples in the training and validation part alone. Samples stay
    in the order in which they are stored.

    Args:
        data: What was read and split.
        classes: Those to keep, by name or index; None keeps all.
        merge: New classes by name, each made of old ones; see `class_map` for the new labels.
        train_samples: Train on the first so many.
        train_per_class: Train on the first so many of each new class.
        validation_per_class: Validate on the first so many of each new class.

    Returns:
        The data with new labels and class names; its fingerprint stays that of what was read.

    Raises:
        Faults: The data has no such classes, no samples of them or too few; each has the path of its key.

    Example:
        >>> from piste.pipelines.data.sources.synthetic import load_synthetic
        >>> data = load_synthetic("gaussian_mixture", samples=12, num_classes=3)
        >>> data = select_samples(data, classes=["2", "0"], train_per_class=3)
        >>> data.classes, np.bincount(data.train.y), np.bincount(data.test.y)
        (('2', '0'), array([3, 3]), array([66, 67]))
    """
    asked = {
        "classes": classes,
        "merge": merge,
        "train_per_class": train_per_class,
        "validation_per_class": validation_per_class,
    }
    if data.task != "classification":
        given = [key for key, value in asked.items() if value is not None]
        if given:
            raise Faults(Fault(f"must be null: {NO_CLASSES[data.task]}", (key,), at="key") for key in given)
    elif classes is not None or merge is not None:
        data = _of_classes(data, classes, merge)
    train, validation = data.train, data.validation
    if train_samples is not None:
        train = _first(train, train_samples)
    if train_per_class is not None:
        train = _first_of_each(train, train_per_class, data.classes or (), "train")
    if validation_per_class is not None and validation is not None:
        validation = _first_of_each(validation, validation_per_class, data.classes or (), "validation")
    return replace(data, train=train, validation=validation)


def _of_classes(data: Data, classes: Sequence[str] | None, merge: Mapping[str, Sequence[str]] | None) -> Data:
    mapping = class_map(data.classes or (), classes, merge)
    new_labels = np.array(mapping.labels, np.int32)
    parts = {"train": data.train, "validation": data.validation, "test": data.test}
    made: dict[str, Any] = {}
    for name, part in parts.items():
        if part is None:
            continue
        y = new_labels[part.y]
        kept = y != LEFT_OUT
        if not kept.any():
            says = f"must leave samples in the {name} part: choose other classes or another split"
            raise Faults([Fault(says, ("classes",), received=f"none of its {len(part)}")])
        made[name] = Arrays(part.x, _frozen(y)) if kept.all() else _chosen(Arrays(part.x, y), kept)
    return replace(data, **made, classes=mapping.names)


def _first(part: Arrays, count: int) -> Arrays:
    if count > len(part):
        says = f"must be at most {len(part)}, the samples there are to train on"
        raise Faults([Fault(says, ("train_samples",), received=str(count))])
    return Arrays(part.x[:count], part.y[:count])


def _first_of_each(part: Arrays, count: int, names: Sequence[str], which: str) -> Arrays:
    there = np.bincount(part.y, minlength=len(names))
    rarest = int(np.argmin(there))
    if count > there[rarest]:
        says = f"must be at most {there[rarest]}, the samples of class {names[rarest]} in the {which} part"
        raise Faults([Fault(says, (f"{which}_per_class",), received=str(count))])
    chosen = np.zeros(len(part), bool)
    for label in range(len(names)):
        chosen[np.flatnonzero(part.y == label)[:count]] = True
    return _chosen(part, chosen)


def _chosen(part: Arrays, mask: NDArray[np.bool_]) -> Arrays:
    return Arrays(_frozen(part.x[mask]), _frozen(part.y[mask]))


def _frozen(array: NDArray[Any]) -> NDArray[Any]:
    array.flags.writeable = False
    return array
