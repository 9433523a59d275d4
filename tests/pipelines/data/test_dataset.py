"""The data value: what it tells of itself, and that it is frozen."""

import dataclasses

import numpy as np
import pytest

from piste.pipelines.data.dataset import Arrays, Data

IMAGES = Arrays(np.zeros((3, 28, 28, 1), np.uint8), np.array([0, 1, 1], np.int32))
TABLE = Arrays(np.zeros((5, 8), np.float32), np.zeros((5, 2), np.float32))


def test_classification_has_one_output_a_class() -> None:
    data = Data("images", "classification", IMAGES, None, None, ("a", "b", "c"), "00")
    assert (data.input_shape, data.input_dtype, data.outputs) == ((28, 28, 1), "uint8", 3)


def test_regression_has_one_output_a_target() -> None:
    data = Data("table", "regression", TABLE, TABLE, None, None, "00")
    assert (data.input_shape, data.input_dtype, data.outputs) == ((8,), "float32", 2)
    assert len(data.train) == 5


def test_values_are_frozen() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        IMAGES.x = TABLE.x  # type: ignore[misc]
