from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from piste.models.scaling import scaling_layer
from piste.models.standardize import Standardize


def through(scale: str, x: np.ndarray) -> np.ndarray:
    layer = scaling_layer(scale, input_dtype=str(x.dtype))
    assert layer.name == "scale"
    return np.asarray(keras.Sequential([keras.Input(x.shape[1:], dtype=str(x.dtype)), layer])(x))


@pytest.mark.parametrize(
    ("dtype", "low", "high"), [("uint8", 0, 255), ("int8", -128, 127), ("uint16", 0, 65535), ("int16", -32768, 32767)]
)
def test_unit_maps_the_range_of_the_type(dtype: str, low: int, high: int) -> None:
    got = through("unit", np.array([[low, high]], dtype))
    assert got.dtype == "float32"
    np.testing.assert_allclose(got, [[0.0, 1.0]], atol=1e-7)


def test_none_only_casts() -> None:
    x = np.array([[0, 7, 255]], "uint8")
    got = through("none", x)
    assert got.dtype == "float32"
    np.testing.assert_array_equal(got, x.astype("float32"))


def test_standardize_by_hand() -> None:
    layer = Standardize()
    layer.build((None, 2))
    np.testing.assert_array_equal(layer(np.array([[3.0, 4.0]])), [[3.0, 4.0]])
    layer.fit(np.array([[1, 5], [3, 5], [5, 5]], "uint8"))
    # mean 3, variance 8/3; the second feature never varies and keeps deviation 1
    np.testing.assert_allclose(layer.mean, [3.0, 5.0])
    np.testing.assert_allclose(layer.deviation, [np.sqrt(8 / 3), 1.0], rtol=1e-7)
    np.testing.assert_allclose(layer(np.array([[3.0, 7.0]])), [[0.0, 2.0]])
    assert not layer.trainable_variables


def test_a_constant_feature_keeps_deviation_one_whatever_the_rounding() -> None:
    layer = Standardize()
    layer.build((None, 3))
    x = np.tile(np.array([0.1, 1e-30, 12345.678]), (999, 1))
    assert (x.std(axis=0) > 0).any()  # so that the test would see rounding
    layer.fit(x, chunk=100)
    np.testing.assert_array_equal(layer.deviation, np.ones(3))


@pytest.mark.parametrize("chunk", [1, 7, 1000])
def test_standardize_in_chunks_and_far_from_zero(chunk: int) -> None:
    x = 1e6 + np.random.default_rng(0).normal(size=(100, 3, 2))
    layer = Standardize()
    layer.build((None, 3, 2))
    layer.fit(x, chunk=chunk)
    np.testing.assert_allclose(layer.deviation, x.std(axis=0), rtol=1e-6)
    np.testing.assert_allclose(layer.mean, x.mean(axis=0), rtol=1e-7)


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # Keras 3.15 on NumPy 2
def test_statistics_are_saved_with_the_model(tmp_path: Path) -> None:
    model = keras.Sequential([keras.Input((2,), dtype="uint8"), scaling_layer("standardize", input_dtype="uint8")])
    model.get_layer("scale").fit(np.array([[0, 10], [10, 20]], "uint8"))
    model.save(tmp_path / "scaled.keras")
    loaded = keras.models.load_model(tmp_path / "scaled.keras")
    np.testing.assert_array_equal(loaded(np.array([[10, 10]], "uint8")), [[1.0, -1.0]])


def test_scaling_stays_float32_under_mixed_precision() -> None:
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy("mixed_float16")
    try:
        for scale in ("none", "unit", "standardize"):
            assert through(scale, np.array([[1, 2]], "uint8")).dtype == "float32"
    finally:
        keras.config.set_dtype_policy(before)


@pytest.mark.parametrize(
    ("x", "words"),
    [
        (np.zeros((0, 2)), r"`x` must be samples of shape \(2,\)\. Received: an array of shape \(0, 2\)\."),
        (np.zeros((3, 4)), r"`x` must be samples of shape \(2,\)\. Received: an array of shape \(3, 4\)\."),
        (np.array([[1.0, np.nan]]), r"`x` must be finite to be standardized\. Received: NaN or infinite values\."),
    ],
)
def test_standardize_refuses(x: Any, words: str) -> None:
    layer = Standardize()
    layer.build((None, 2))
    with pytest.raises(ValueError, match=words):
        layer.fit(x)


def test_unit_needs_integers() -> None:
    with pytest.raises(ValueError, match=r"`scale: unit` must have integers\. Received: float32\. Use `standardize`"):
        scaling_layer("unit", input_dtype="float32")


def test_unknown_scale() -> None:
    with pytest.raises(ValueError, match=r"`scale` must be one of none, unit, standardize\. Received: `half`\."):
        scaling_layer("half", input_dtype="uint8")
