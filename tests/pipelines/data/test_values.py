"""Numbers that a model can take, and one sentence for those that it cannot."""

import re

import numpy as np
import pytest

from piste.pipelines.data.values import checked_values
from piste.pipelines.errors import DataError


@pytest.mark.parametrize("dtype", ["uint8", "int8", "uint16", "int32", "int64", "float16", "float32"])
def test_stored_types_stay(dtype: str) -> None:
    array = np.ones((2, 3), dtype)
    assert checked_values(array, "f", "x") is array or np.shares_memory(checked_values(array, "f", "x"), array)
    assert checked_values(array, "f", "x").dtype == dtype


def test_wide_floats_become_float32_and_foreign_byte_order_native() -> None:
    for dtype, expected in [(">f8", "float32"), ("<f8", "float32"), (">f4", "float32"), (">i2", "int16")]:
        values = checked_values(np.array([[1, 2]], dtype), "f", "x")
        assert values.dtype == np.dtype(expected) and values.dtype.isnative
        assert values.tolist() == [[1, 2]]


@pytest.mark.parametrize(
    ("array", "message"),
    [
        (
            np.array([[0, np.nan]], np.float32),
            "f: `x` must hold finite float32 numbers. Received: nan at [0, 1]; remove or replace it.",
        ),
        (
            np.array([[0.0], [-np.inf]]),
            "f: `x` must hold finite float32 numbers. Received: -inf at [1, 0]; remove or replace it.",
        ),
        (
            np.array([[1e39]]),
            "f: `x` must hold finite float32 numbers. Received: 1e+39 at [0, 0]; remove or replace it.",
        ),
        (
            np.array([[np.inf]], np.float16),
            "f: `x` must hold finite float16 numbers. Received: inf at [0, 0]; remove or replace it.",
        ),
        (
            np.array([["a"]]),
            "f: `x` must hold integers or floats. Received: dtype <U1; store numbers (booleans as uint8).",
        ),
        (
            np.array([[True]]),
            "f: `x` must hold integers or floats. Received: dtype bool; store numbers (booleans as uint8).",
        ),
        (
            np.array([[1j]]),
            "f: `x` must hold integers or floats. Received: dtype complex128; store numbers",
        ),
        (
            np.zeros((0, 3)),
            "f: `x` must hold at least one sample with at least one value. Received: shape (0, 3);"
            " check how the data was written.",
        ),
        (
            np.zeros((3, 0), np.uint8),
            "f: `x` must hold at least one sample with at least one value. Received: shape (3, 0);",
        ),
    ],
)
def test_what_no_model_can_take_is_refused(array: np.ndarray, message: str) -> None:
    with pytest.raises(DataError, match=re.escape(message)):
        checked_values(array, "f", "x")
