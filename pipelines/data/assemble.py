"""From arrays as a source read them to one checked `Data`."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from piste.pipelines.data.dataset import Arrays, Data, Task
from piste.pipelines.data.fingerprint import fingerprint
from piste.pipelines.data.labels import checked_labels, checked_multilabels
from piste.pipelines.data.table import Table
from piste.pipelines.data.values import checked_values
from piste.pipelines.errors import DataError

Pair = tuple[NDArray[Any], NDArray[Any]]


def assemble(
    name: str,
    task: Task,
    train: Pair,
    test: Pair | None,
    validation: Pair | None = None,
    *,
    where: str,
    classes: Sequence[str] | None = None,
    table: Table | None = None,
) -> Data:
    """Checks what a source read and makes the value that the later stages take.

    Args:
        name: What reports call the data.
        task: What is predicted.
        train: Training inputs `(n, ...)` and labels `(n,)`, several labels `(n, k)`, or targets `(n,)` or `(n, d)`.
        test: The same for the test part, or None when there is none.
        validation: The same for a validation part that the source itself sets aside, or None.
        where: The file or source, for messages.
        classes: Names of the classes by index; None names them "0", "1", ... by the training labels.
        table: What the inputs' columns mean, if they are those of a table; then NaN is a missing number.

    Returns:
        The data, with a validation part only if one was given; its arrays are read-only.

    Raises:
        DataError: If an array is empty, has the wrong rank, type or values, or disagrees with another one.

    Example:
        >>> pair = np.zeros((4, 2), np.float32), np.array([0, 1, 0, 1])
        >>> data = assemble("tiny", "classification", pair, None, where="here")
        >>> data.classes, data.train.y.dtype, data.validation
        (('0', '1'), dtype('int32'), None)
    """
    given = {"train": train, "validation": validation, "test": test}
    parts = {part: pair for part, pair in given.items() if pair is not None}
    as_read = {f"{axis}_{part}": a for part, pair in parts.items() for axis, a in zip("xy", pair, strict=True)}
    inputs = {part: _inputs(pair, where, part, missing=table is not None) for part, pair in parts.items()}
    _refuse_mismatches(inputs, where)
    answers: dict[str, NDArray[Any]]
    names = None
    if task == "classification":
        names = _class_names(train[1], classes, where)
        answers = {p: checked_labels(pair[1], where, f"y_{p}", len(names)) for p, pair in parts.items()}
    elif task == "multilabel":
        answers = {part: checked_multilabels(pair[1], where, f"y_{part}") for part, pair in parts.items()}
        names = _label_names(answers["train"].shape[1], classes, where)
        _refuse_mismatches(answers, where, "y")
    elif classes is not None:
        raise DataError(
            f"{where}: regression must have no classes. Received: {len(classes)} class names; remove `data.classes`."
        )
    else:
        answers = {part: _targets(pair[1], where, part) for part, pair in parts.items()}
        _refuse_mismatches(answers, where, "y")
    made = {part: Arrays(_frozen(inputs[part]), _frozen(answers[part])) for part in parts}
    validated, tested = made.get("validation"), made.get("test")
    return Data(name, task, made["train"], validated, tested, names, fingerprint(as_read), table)


def _inputs(pair: Pair, where: str, part: str, *, missing: bool) -> NDArray[Any]:
    x, y = pair
    if x.ndim < 2:
        raise DataError(
            f"{where}: `x_{part}` must have one row a sample, shape (n, ...). Received: shape {x.shape};"
            " reshape single features to (n, 1)."
        )
    if y.ndim < 1 or len(x) != len(y):
        raise DataError(
            f"{where}: `x_{part}` and `y_{part}` must hold the same number of samples."
            f" Received: shapes {x.shape} and {y.shape}; check that they belong together."
        )
    return checked_values(x, where, f"x_{part}", missing=missing)


def _targets(y: NDArray[Any], where: str, part: str) -> NDArray[np.float32]:
    if y.ndim > 2:
        raise DataError(
            f"{where}: `y_{part}` must hold regression targets of shape (n,) or (n, d)."
            f" Received: shape {y.shape}; flatten each target."
        )
    values = checked_values(y, where, f"y_{part}")
    return values.reshape(len(values), -1).astype(np.float32, copy=False)


def _class_names(y: NDArray[Any], classes: Sequence[str] | None, where: str) -> tuple[str, ...]:
    given = None if classes is None else tuple(classes)
    if given is None:
        labels = checked_labels(y, where, "y_train")
        given = tuple(str(label) for label in range(int(labels.max()) + 1))
    if len(given) < 2 or len(set(given)) < len(given):
        raise DataError(
            f"{where}: classification needs at least two classes with different names."
            f" Received: {', '.join(map(repr, given)) or 'none'}; check the labels and `data.classes`."
        )
    return given


def _label_names(count: int, classes: Sequence[str] | None, where: str) -> tuple[str, ...]:
    names = tuple(map(str, range(count))) if classes is None else tuple(classes)
    if len(names) != count or len(set(names)) < count:
        raise DataError(
            f"{where}: `data.classes` must give each of {count} labels a name of its own."
            f" Received: {', '.join(map(repr, names))}."
        )
    return names


def _refuse_mismatches(arrays: dict[str, NDArray[Any]], where: str, axis: str = "x") -> None:
    train = arrays["train"]
    for part, other in arrays.items():
        if train.shape[1:] != other.shape[1:] or train.dtype != other.dtype:
            raise DataError(
                f"{where}: `{axis}_train` and `{axis}_{part}` must agree in shape and dtype of a sample."
                f" Received: {train.shape[1:]} {train.dtype} and {other.shape[1:]} {other.dtype};"
                " write both the same way."
            )


def _frozen(array: NDArray[Any]) -> NDArray[Any]:
    view = array.view()
    view.flags.writeable = False
    return view
