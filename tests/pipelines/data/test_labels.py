"""Labels: integers from 0 to one less than the number of classes."""

import re
from typing import Any

import numpy as np
import pytest

from piste.pipelines.data.labels import checked_labels
from piste.pipelines.errors import DataError


@pytest.mark.parametrize("dtype", ["uint8", "int8", ">i4", "int64", "uint64"])
def test_labels_become_int32(dtype: str) -> None:
    labels = checked_labels(np.array([2, 0, 1], dtype), "f", "y", 3)
    assert labels.dtype == np.int32 and labels.tolist() == [2, 0, 1]


def test_a_column_of_labels_is_flattened() -> None:
    assert checked_labels(np.array([[1], [0]]), "f", "y").tolist() == [1, 0]


def test_given_classes_may_leave_gaps() -> None:
    assert checked_labels(np.array([0, 4]), "f", "y", 5).tolist() == [0, 4]


@pytest.mark.parametrize(
    ("labels", "classes", "message"),
    [
        (
            [0.0, 1.0],
            None,
            "f: `y` must hold integer labels. Received: dtype float64; store class indices from 0",
        ),
        (
            [[1, 0], [0, 1]],
            None,
            "f: `y` must hold one label a sample, shape (n,). Received: shape (2, 2);"
            " turn one-hot rows into class indices with argmax.",
        ),
        (
            [0, 9, 12, 10],
            10,
            "f: `y` must hold labels from 0 to 9. Received: 12 at [2]; correct it, or name every class in",
        ),
        ([0, 1, -1], 2, "f: `y` must hold labels from 0 to 1. Received: -1 at [2]; correct it,"),
        (
            [1, 2, 3],
            None,
            "f: `y` must hold every label from 0 to the largest, as no class names are given."
            " Received: 1 at [0] but no 0; number the classes from 0, or name every class in `data.classes`.",
        ),
        ([0, 2_000_000_000], None, "Received: 2000000000 at [1] but no 1; number the classes from 0"),
        ([0, 1, -5], None, "Received: -5 at [2] but no 0; number the classes from 0"),
    ],
)
def test_other_labels_are_refused(labels: Any, classes: int | None, message: str) -> None:
    with pytest.raises(DataError, match=re.escape(message)):
        checked_labels(np.array(labels), "f", "y", classes)
