"""Evaluation against NumPy."""

from typing import Any

import keras
import numpy as np
import pytest

from piste.pipelines.data.dataset import Arrays
from piste.pipelines.evaluate import evaluate

RANDOM = np.random.default_rng(3)
X = RANDOM.integers(0, 256, (70, 4), dtype=np.uint8)
Y = RANDOM.integers(0, 3, 70, dtype=np.int32)
WEIGHTS = RANDOM.normal(size=(4, 3)).astype(np.float32)


def classifier() -> Any:
    inputs = keras.Input((4,), dtype="uint8")
    x = keras.layers.Rescaling(1 / 255)(inputs)
    x = keras.layers.Dropout(0.5)(x)  # off when judging
    model = keras.Model(inputs, keras.layers.Dense(3, "softmax", use_bias=False)(x))
    model.set_weights([WEIGHTS])
    model.compile("sgd", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


@pytest.fixture(scope="module")
def model() -> Any:
    return classifier()


def by_hand(x: Any, y: Any) -> dict[str, float]:
    logits = x.astype(np.float64) / 255 @ WEIGHTS
    p = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    return {"loss": float(-np.log(p[range(len(y)), y]).mean()), "accuracy": float((p.argmax(axis=1) == y).mean())}


@pytest.mark.parametrize("batch_size", [32, 70, 256])  # 70 = 2 x 32 + 6: the last batch counts by its size
def test_loss_and_metrics(model: Any, batch_size: int) -> None:
    results = evaluate(model, Arrays(X, Y), batch_size)
    assert results == pytest.approx({**by_hand(X, Y), "samples": 70}, rel=1e-5)
    assert [type(value) for value in results.values()] == [float, float, int]


def test_nothing_is_carried_from_one_evaluation_to_the_next(model: Any) -> None:
    model.train_on_batch(X[:5], Y[:5])
    model.set_weights([WEIGHTS])
    first = evaluate(model, Arrays(X[:10], Y[:10]))
    evaluate(model, Arrays(X, Y))
    assert evaluate(model, Arrays(X[:10], Y[:10])) == first
    assert first == pytest.approx({**by_hand(X[:10], Y[:10]), "samples": 10}, rel=1e-5)
    assert all(float(variable) == 0 for variable in model.metrics_variables)


def test_regression() -> None:
    inputs = keras.Input((2,))
    model = keras.Model(inputs, keras.layers.Dense(1, use_bias=False)(inputs))
    model.set_weights([np.array([[1.0], [2.0]], np.float32)])
    model.compile("sgd", "mse", metrics=["mae"])
    x = np.array([[1, 1], [0, 1], [2, 0]], np.float32)
    y = np.array([[3], [0], [3]], np.float32)  # errors 0, 2, -1
    assert evaluate(model, Arrays(x, y), 2) == pytest.approx({"loss": 5 / 3, "mae": 1.0, "samples": 3})


def test_refusals(model: Any) -> None:
    bare = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3)])
    with pytest.raises(ValueError, match="`model` must be compiled"):
        evaluate(bare, Arrays(X, Y))
    with pytest.raises(ValueError, match="Received: 0 samples and a batch size of 256"):
        evaluate(model, Arrays(X[:0], Y[:0]))
    with pytest.raises(ValueError, match="Received: 70 samples and a batch size of 0"):
        evaluate(model, Arrays(X, Y), 0)
