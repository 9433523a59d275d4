"""Class indices, integers from 0 to one less than the number of classes; or several labels a sample, 0 or 1 each."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from piste.pipelines.errors import DataError


def checked_labels(y: NDArray[Any], where: str, what: str, classes: int | None = None) -> NDArray[np.int32]:
    """Checks labels and stores them as int32.

    Args:
        y: What was read, `(n,)` or `(n, 1)`.
        where: The file or source, for messages.
        what: The array's part, for messages: "y_train".
        classes: Number of classes; None when the labels are to tell it, for which every one from 0 to the
            largest must occur.

    Returns:
        The labels, `(n,)`.

    Raises:
        DataError: If they are no integers, not one a sample, outside the classes, or leave gaps.

    Example:
        >>> checked_labels(np.array([0, 3, 1], np.uint8), "my.npz", "y_train", 2)
        Traceback (most recent call last):
            ...
        piste.pipelines.errors.DataError: my.npz: `y_train` must hold labels from 0 to 1. \
Received: 3 at [1]; correct it, or name every class in `data.classes`.
    """
    if y.dtype.kind not in "iu":
        raise DataError(
            f"{where}: `{what}` must hold integer labels. Received: dtype {y.dtype};"
            " store class indices from 0 as uint8 or int32."
        )
    if y.ndim == 2 and y.shape[1] == 1:
        y = y[:, 0]
    if y.ndim != 1:
        raise DataError(
            f"{where}: `{what}` must hold one label a sample, shape (n,). Received: shape {y.shape};"
            " turn one-hot rows into class indices with argmax."
        )
    if classes is None:
        _refuse_gaps(y, where, what)
    else:
        _refuse_outside(y, where, what, classes)
    return y.astype(np.int32)


def checked_multilabels(y: NDArray[Any], where: str, what: str) -> NDArray[np.float32]:
    """Checks several labels a sample and stores them as float32, as losses want them.

    Args:
        y: What was read, `(n, k)`: 1 where the label holds, else 0; integers, booleans or floats.
        where: The file or source, for messages.
        what: The array's part, for messages: "y_train".

    Returns:
        The labels, `(n, k)`.

    Raises:
        DataError: If they are not one row a sample, or something else than 0 and 1.

    Example:
        >>> checked_multilabels(np.array([[True, False], [False, False]]), "my.npz", "y_train").tolist()
        [[1.0, 0.0], [0.0, 0.0]]
    """
    if y.ndim != 2 or y.dtype.kind not in "biuf" or y.shape[1] == 0:
        raise DataError(
            f"{where}: `{what}` must hold one row of 0 and 1 a sample, shape (n, labels)."
            f" Received: shape {y.shape}, dtype {y.dtype}; write a column for each label."
        )
    other = (y != 0) & (y != 1)
    if other.any():
        row, column = (int(index) for index in np.argwhere(other)[0])
        raise DataError(
            f"{where}: `{what}` must hold 0 and 1. Received: {y[row, column]} at [{row}, {column}];"
            " correct it, or set `task: regression`."
        )
    return y.astype(np.float32)


def _refuse_outside(y: NDArray[Any], where: str, what: str, classes: int) -> None:
    outside = (y < 0) | (y >= classes)
    if outside.any():
        index = int(np.argmax(outside))
        raise DataError(
            f"{where}: `{what}` must hold labels from 0 to {classes - 1}. Received: {y[index]} at [{index}];"
            " correct it, or name every class in `data.classes`."
        )


def _refuse_gaps(y: NDArray[Any], where: str, what: str) -> None:
    present = np.unique(y)
    gaps = np.flatnonzero(present != np.arange(len(present)))
    if len(gaps):
        label = present[gaps[0]]
        index = int(np.argmax(y == label))
        raise DataError(
            f"{where}: `{what}` must hold every label from 0 to the largest, as no class names are given."
            f" Received: {label} at [{index}] but no {gaps[0]}; number the classes from 0,"
            " or name every class in `data.classes`."
        )
