"""From arrays as read to one checked value."""

import re
from typing import Any

import numpy as np
import pytest

from piste.pipelines.data.assemble import Pair, assemble
from piste.pipelines.data.dataset import Data, Task
from piste.pipelines.errors import DataError

X = np.arange(12, dtype=np.uint8).reshape(4, 3)
Y = np.array([0, 1, 2, 1], np.uint8)


def made(train: Pair, test: Pair | None = None, task: Task = "classification", **rest: Any) -> Data:
    return assemble("name", task, train, test, where="f", **rest)


def test_classification_takes_its_classes_from_the_labels() -> None:
    data = made((X, Y), (X[:2], Y[:2]))
    assert data.classes == ("0", "1", "2")
    assert data.train.y.dtype == np.int32
    assert data.test is not None and data.validation is None
    assert np.array_equal(data.train.x, X) and np.array_equal(data.test.y, [0, 1])


def test_given_names_may_outnumber_the_labels() -> None:
    assert made((X, Y), classes=["a", "b", "c", "d"]).outputs == 4


@pytest.mark.parametrize(("shape", "width"), [((4,), 1), ((4, 1), 1), ((4, 2), 2)])
def test_regression_targets_become_float32_columns(shape: tuple[int, ...], width: int) -> None:
    data = made((X, np.ones(shape, np.int64)), task="regression")
    assert data.outputs == data.train.y.shape[1] == width
    assert data.classes is None and data.train.y.dtype == np.float32


def test_arrays_are_read_only_views_and_the_caller_keeps_his_writable() -> None:
    data = made((X, Y))
    assert np.shares_memory(data.train.x, X) and X.flags.writeable
    with pytest.raises(ValueError, match="read-only"):
        data.train.x[0] = 1


def test_the_fingerprint_sees_every_part() -> None:
    base = made((X, Y), (X, Y)).fingerprint
    others = [made((X + 1, Y), (X, Y)), made((X, Y), (X, Y[[0, 1, 2, 2]])), made((X, Y))]
    assert len({base, *(data.fingerprint for data in others)}) == 4
    assert made((X.copy(), Y.copy()), (X, Y)).fingerprint == base


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            {"train": (X[:, 0], Y)},
            "f: `x_train` must have one row a sample, shape (n, ...). Received: shape (4,); reshape",
        ),
        (
            {"train": (X, Y[:3])},
            "f: `x_train` and `y_train` must hold the same number of samples."
            " Received: shapes (4, 3) and (3,); check that they belong together.",
        ),
        ({"train": (X, np.uint8(3))}, "Received: shapes (4, 3) and (); check that they belong together."),
        ({"train": (X[:0], Y[:0])}, "f: `x_train` must hold at least one sample"),
        ({"train": (X, Y), "test": (X[:0], Y[:0])}, "f: `x_test` must hold at least one sample"),
        (
            {"train": (X, Y), "test": (X[:, :2], Y)},
            "f: `x_train` and `x_test` must agree in shape and dtype of a sample."
            " Received: (3,) uint8 and (2,) uint8; write both the same way.",
        ),
        (
            {"train": (X, Y), "test": (X.astype(np.float32), Y)},
            "Received: (3,) uint8 and (3,) float32; write both the same way.",
        ),
        (
            {"train": (X, Y[[0, 1, 0, 1]]), "test": (X, Y)},
            "f: `y_test` must hold labels from 0 to 1. Received: 2 at [2];",
        ),
        (
            {"train": (X, Y), "classes": ["a", "b"]},
            "f: `y_train` must hold labels from 0 to 1. Received: 2 at [2];",
        ),
        (
            {"train": (X, Y), "classes": ["a", "b", "a"]},
            "f: classification needs at least two classes with different names. Received: 'a', 'b', 'a';",
        ),
        (
            {"train": (X, Y * 0)},
            "f: classification needs at least two classes with different names. Received: '0';",
        ),
        (
            {"train": (X, Y), "classes": []},
            "Received: none; check the labels and `data.classes`.",
        ),
        (
            {"train": (X, Y), "task": "regression", "classes": ["a", "b"]},
            "f: regression must have no classes. Received: 2 class names; remove `data.classes`.",
        ),
        (
            {"train": (X, np.ones((4, 2, 2))), "task": "regression"},
            "f: `y_train` must hold regression targets of shape (n,) or (n, d)."
            " Received: shape (4, 2, 2); flatten each target.",
        ),
        (
            {"train": (X, np.array([1, 2, np.nan, 4])), "task": "regression"},
            "f: `y_train` must hold finite float32 numbers. Received: nan at [2];",
        ),
        (
            {"train": (X, np.ones((4, 2))), "test": (X, np.ones((4, 1))), "task": "regression"},
            "f: `y_train` and `y_test` must agree in shape and dtype of a sample."
            " Received: (2,) float32 and (1,) float32;",
        ),
    ],
)
def test_what_does_not_fit_is_refused(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(DataError, match=re.escape(message)):
        made(**arguments)
