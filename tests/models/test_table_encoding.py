"""The first layer of models of tables: numbers standardized, categories one-hot."""

from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from piste.models.build import build_model
from piste.models.table_encoding import TableEncoding

X = np.array([[1, 2, 10], [3, 1, 10], [5, 2, 10]], "float32")


def test_numbers_come_first_then_the_places_of_categories() -> None:
    layer = TableEncoding([0, 2, 0])
    layer.build((None, 3))
    layer.fit(X)
    # Mean 3 and deviation sqrt(8/3) of the first column; the third never varies.
    high = 2 / np.sqrt(8 / 3)
    expected = [[-high, 0, 0, 1], [0, 0, 1, 0], [high, 0, 0, 1]]
    np.testing.assert_allclose(layer(X).numpy(), expected, rtol=1e-6)


def test_a_category_that_training_has_not_seen_is_nowhere() -> None:
    assert TableEncoding([3])(np.array([[0.0], [3.0], [4.0]], "float32")).numpy().tolist() == [
        [0] * 3,
        [0, 0, 1],
        [0] * 3,
    ]


def test_numbers_alone_and_categories_alone() -> None:
    assert TableEncoding([0, 0])(X[:, :2]).numpy().tolist() == X[:, :2].tolist()
    assert TableEncoding([1, 1])(np.ones((1, 2), "float32")).numpy().tolist() == [[1, 1]]


@pytest.mark.parametrize("scale", ["none", "standardize"])
def test_a_model_with_it_is_saved_and_compiled_by_xla(scale: Any, tmp_path: Path) -> None:
    model = build_model(
        {"type": "mlp", "hidden": [4]}, input_shape=(3,), input_dtype="float32", outputs=2, task="classification",
        scale=scale, seed=1, categories=(0, 2, 0),
    )  # fmt: skip
    assert model.get_layer("scale").output.shape == (None, 4)
    if scale == "standardize":
        model.get_layer("scale").fit(X)
    model.save(tmp_path / "model.keras")
    expected = model.predict(X, verbose=0)
    np.testing.assert_array_equal(keras.models.load_model(tmp_path / "model.keras").predict(X, verbose=0), expected)
    import tensorflow as tf

    compiled = tf.function(lambda x: model(x, training=False), jit_compile=True)
    np.testing.assert_allclose(compiled(tf.constant(X)).numpy(), expected, rtol=1e-5)
