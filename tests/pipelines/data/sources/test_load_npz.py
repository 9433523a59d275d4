"""An .npz file as one data set."""

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from piste.pipelines.data.sources.npz import load_npz
from piste.pipelines.errors import DataError, UntrustedError

X = np.arange(8.0).reshape(4, 2)
Y = np.array([0, 1, 1, 0])


def saved(folder: Path, **arrays: Any) -> Path:
    np.savez(folder / "my data.npz", **arrays)
    return folder / "my data.npz"


def test_the_usual_names_need_not_be_said(tmp_path: Path) -> None:
    data = load_npz(saved(tmp_path, x_train=X, y_train=Y, x_test=X[:1], y_test=Y[:1]))
    assert data.test is not None
    assert (data.name, data.input_dtype, len(data.test), data.classes) == (
        "my data",
        "float32",
        1,
        ("0", "1"),
    )
    assert np.array_equal(data.train.x, X) and np.array_equal(data.train.y, Y)


def test_own_names(tmp_path: Path) -> None:
    path = saved(tmp_path, a=X, b=Y * 0.5, c=X, d=Y * 2.0)
    data = load_npz(path, x_train="a", y_train="b", x_test="c", y_test="d", task="regression")
    assert data.test is not None
    assert data.train.y.tolist() == [[0], [0.5], [0.5], [0]] and data.test.y.tolist() == [[0], [2], [2], [0]]


def test_there_may_be_no_test_part(tmp_path: Path) -> None:
    path = saved(tmp_path, x_train=X, y_train=Y)
    assert load_npz(path).test is None
    path = saved(tmp_path, x_train=X, y_train=Y, x_test=X, y_test=Y)
    assert load_npz(path, x_test=None).test is None
    assert load_npz(path, y_test=None).test is None


def test_a_named_test_array_must_be_there(tmp_path: Path) -> None:
    path = saved(tmp_path, x_train=X, y_train=Y)
    with pytest.raises(DataError, match="expected an array 'x_tets'"):
        load_npz(path, x_test="x_tets")


def test_half_a_test_part_is_told(tmp_path: Path) -> None:
    path = saved(tmp_path, x_train=X, y_train=Y, y_test=Y)
    expected = f"{path}: expected both 'x_test' and 'y_test', or neither. There is only 'y_test'."
    with pytest.raises(DataError, match=re.escape(expected)):
        load_npz(path)


def test_errors_name_the_file(tmp_path: Path) -> None:
    path = saved(tmp_path, x_train=X, y_train=Y[:3])
    with pytest.raises(DataError, match=re.escape(f"{path}: `x_train` and `y_train` must hold the same number")):
        load_npz(path)
    path = saved(tmp_path, x_train=X, y_train=np.array([0, 1, 5, 0]))
    expected = f"{path}: `y_train` must hold labels from 0 to 1. Received: 5 at [2];"
    with pytest.raises(DataError, match=re.escape(expected)):
        load_npz(path, classes=["no", "yes"])
    with pytest.raises(UntrustedError, match=re.escape(f"{path}: `x_train` must hold numbers.")):
        load_npz(saved(tmp_path, x_train=X.astype(object), y_train=Y))
