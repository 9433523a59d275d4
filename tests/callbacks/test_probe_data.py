"""The data that a probe takes, and those that it refuses."""

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

from piste.callbacks import DeadUnitMonitor, HealthMonitor
from tests.callbacks.probing import X, moved_norm, probed, train

FIGURES = {"units", "probe_dead", "probe_samples", "probe_rms", "probe_mean", "probe_saturated"}


class Batches(keras.utils.PyDataset):
    """Batches of three and one, with targets."""

    def __init__(self, make: Callable[[Any], Any]) -> None:
        super().__init__()
        self.make = make

    def __len__(self) -> int:
        return 2

    def __getitem__(self, index: int) -> Any:
        x = X[:3] if index == 0 else X[3:]
        return self.make(x), x


class Endless(Batches):
    """Never says that it is over."""

    num_batches = None


def two_inputs() -> Any:
    a, b, act = keras.Input((2,), name="a"), keras.Input((2,), name="b"), layers.ReLU(name="act")
    model = keras.Model([a, b], layers.Dense(1)(layers.Concatenate()([act(a), act(b)])))
    model.compile("sgd", "mse")
    return model


def slices(x: Any) -> Any:
    return tf.data.Dataset.from_tensor_slices(x).batch(3)


@pytest.mark.parametrize(
    "make",
    [
        lambda: X, lambda: X.astype("float64"), lambda: tf.constant(X), lambda: (X, X[:, 0]),
        lambda: slices(X), lambda: slices((X, X)), lambda: slices((X, X, X)), lambda: Batches(lambda x: x),
    ],
    ids=["array", "float64", "tensor", "x, y", "dataset", "x, y dataset", "weighted dataset", "py dataset"],
)  # fmt: skip
def test_any_data_of_one_input(make: Callable[[], Any]) -> None:
    part = train(moved_norm(), X, DeadUnitMonitor(every=1, probe=make())).records[-1]["layers"]["act"]
    assert {key: part[key] for key in FIGURES} == {
        "units": 2, "probe_dead": 1, "probe_samples": 4, "probe_mean": 0.5, "probe_saturated": 0.75,
        "probe_rms": pytest.approx(1.0, rel=1e-6),
    }  # fmt: skip


@pytest.mark.parametrize(
    "make",
    [
        lambda: [X, 2 * X], lambda: {"a": X, "b": 2 * X}, lambda: ({"a": X, "b": 2 * X}, X),
        lambda: slices({"a": X, "b": 2 * X}), lambda: slices(({"a": X, "b": 2 * X}, X)),
        lambda: Batches(lambda x: {"a": x, "b": 2 * x}), lambda: Batches(lambda x: [x, 2 * x]),
    ],
    ids=["list", "dict", "x, y", "dataset", "x, y dataset", "py dataset", "py dataset of lists"],
)  # fmt: skip
def test_any_data_of_two_inputs_and_a_shared_layer(make: Callable[[], Any]) -> None:
    monitor = HealthMonitor(every=1, probe=make())
    two_inputs().fit([X, X], np.zeros((4, 1)), verbose=0, callbacks=[monitor])
    parts = monitor.records[-1]["layers"]
    # The entries of relu(X) that are not 0 are 1, 2, 2 and 1 of eight; the second call has twice that.
    assert {path: part["probe_mean"] for path, part in parts.items() if "probe_mean" in part} == {
        "act": 0.75, "act#2": 1.5,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: X, "takes as input, [(None, 2), (None, 2)]. Received: batches of (4, 2)."),
        (lambda: {"a": X, "c": X}, "[(None, 2), (None, 2)]. Received: batches of {'a': (4, 2), 'c': (4, 2)}."),
    ],
)
def test_too_few_inputs(make: Callable[[], Any], words: str) -> None:
    with pytest.raises(ValueError) as caught:
        two_inputs().fit([X, X], np.zeros((4, 1)), verbose=0, callbacks=[HealthMonitor(probe=make())])
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: np.ones((8, 3)), "the model net takes as input, (None, 2). Received: batches of (8, 3)."),
        (lambda: slices((np.ones((2, 5)), X[:2])), "takes as input, (None, 2). Received: batches of (2, 5)."),
        (lambda: X[:0], "`probe` must hold at least one sample. Received: none."),
        (lambda: slices(X[:0]), "`probe` must hold at least one sample. Received: none."),
    ],
)  # fmt: skip
@pytest.mark.parametrize("way", ["plain", "fused"])
def test_what_the_model_does_not_take(make: Callable[[], Any], words: str, way: str) -> None:
    model = moved_norm()
    with pytest.raises(ValueError) as caught:
        train(model, X, DeadUnitMonitor(probe=make()), way)
    assert words in str(caught.value)
    assert probed(train(model, X, DeadUnitMonitor(every=1, probe=X), way, epochs=1)) == [1]


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: 3, "a tf.data.Dataset or a keras.utils.PyDataset. Received: int."),
        (lambda: [[1.0, 2.0]], "a tf.data.Dataset or a keras.utils.PyDataset. Received: list."),
        (lambda: {}, "a tf.data.Dataset or a keras.utils.PyDataset. Received: dict."),
        (lambda: (batch for batch in [X]), "a tf.data.Dataset or a keras.utils.PyDataset. Received: generator."),
        (lambda: [X, X[:3]], "`probe` must have as many samples in each array. Received: [3, 4]."),
        (lambda: slices(X).repeat(), "`probe` must end. Received: _RepeatDataset, which goes on forever."),
        (lambda: Endless(lambda x: x), "`probe` must end. Received: Endless, which goes on forever."),
    ],
)
def test_what_is_no_probe(make: Callable[[], Any], words: str) -> None:
    with pytest.raises(ValueError) as caught:
        HealthMonitor(probe=make())
    assert words in str(caught.value)
