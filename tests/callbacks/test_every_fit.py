"""However the same batches come into `fit`, and however its steps are run, the records are the same."""

import copy
from collections.abc import Callable, Iterator
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

from piste.callbacks import HealthMonitor
from tests.callbacks.reference import compare, tape_figures, through

RANDOM = np.random.default_rng(7)
X = RANDOM.normal(size=(64, 5)).astype("float32")
Y = RANDOM.integers(0, 3, 64).astype("int32")
STEPS = [1, 2, 3, 6, 9, 12, 15]
Fit = dict[str, Any]


def net(**arguments: Any) -> Any:
    keras.utils.set_random_seed(4)
    x = keras.Input((5,))
    h = layers.Activation("elu", name="act")(layers.Dense(6, name="hidden")(x))
    model = keras.Model(x, layers.Dense(3, name="head")(h))
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.SGD(0.1), loss, **{"jit_compile": False, **arguments})
    return model


def watched(model: Any, data: Fit) -> list[dict[str, Any]]:
    """Trains for two epochs of eight batches."""
    monitor = HealthMonitor(every=3, window=24)
    model.fit(**data, epochs=2, shuffle=False, verbose=0, callbacks=[monitor])
    return monitor.records


def arrays() -> Fit:
    return {"x": X, "y": Y, "batch_size": 8}


def numbers(records: Any) -> Iterator[tuple[tuple[Any, ...], Any]]:
    """All that a record holds, with where it is."""
    for place, value in records.items() if isinstance(records, dict) else enumerate(records):
        if isinstance(value, (dict, list)):
            yield from (((place, *rest), found) for rest, found in numbers(value))
        else:
            yield (place,), value


def assert_same(found: Any, expected: Any) -> None:
    found, expected = dict(numbers(found)), dict(numbers(expected))
    assert set(found) == set(expected)
    for place, value in expected.items():
        wanted = pytest.approx(value, rel=1e-4, abs=1e-7) if isinstance(value, float) else value
        assert found[place] == wanted, place


class Sequence(keras.utils.PyDataset):
    """Eight batches."""

    def __len__(self) -> int:
        return 8

    def __getitem__(self, place: int) -> tuple[Any, Any]:
        return X[8 * place : 8 * place + 8], Y[8 * place : 8 * place + 8]


def dataset() -> Fit:
    return {"x": tf.data.Dataset.from_tensor_slices((X, Y)).batch(8)}


def endless_dataset() -> Fit:
    return {"x": tf.data.Dataset.from_tensor_slices((X, Y)).batch(8).repeat(), "steps_per_epoch": 8}


def generator() -> Fit:
    return {"x": ((X[i : i + 8], Y[i : i + 8]) for _ in range(2) for i in range(0, 64, 8)), "steps_per_epoch": 8}


@pytest.fixture(scope="module")
def expected() -> list[dict[str, Any]]:
    records = watched(net(), arrays())
    assert [record["step"] for record in records] == STEPS
    assert [record["epoch"] for record in records] == [1] * 4 + [2] * 3
    assert any("dead" in record["layers"]["act"] for record in records)
    return records


@pytest.mark.parametrize("data", [dataset, endless_dataset, generator, lambda: {"x": Sequence()}])
def test_where_the_batches_come_from(data: Callable[[], Fit], expected: Any) -> None:
    assert_same(watched(net(), data()), expected)


@pytest.mark.parametrize("arguments", [{"run_eagerly": True}, {"jit_compile": True}], ids=["eager", "XLA"])
def test_how_the_steps_are_run(arguments: Any, expected: Any) -> None:
    assert_same(watched(net(**arguments), arrays()), expected)


@pytest.mark.parametrize(("steps", "jit_compile"), [(4, True), (5, False), (16, False)])
def test_several_steps_a_call(steps: int, jit_compile: bool, expected: Any) -> None:
    assert_same(watched(net(steps_per_execution=steps, jit_compile=jit_compile), arrays()), expected)


def test_another_order_makes_other_records(expected: Any) -> None:
    with pytest.raises(AssertionError):
        assert_same(watched(net(), {"x": X[::-1].copy(), "y": Y[::-1].copy(), "batch_size": 8}), expected)


def test_the_second_fit_is_measured_anew() -> None:
    model, monitor = net(), HealthMonitor(every=100)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    forward = through(model, X, lambda z: loss(Y, z), {"hidden": "hidden", "head": "head"}, ["act"])
    where = {name: model.get_layer(name) for name in ("hidden", "head")}
    for steps in ([1], [2], [4]):
        expected = tape_figures(model, forward, where)
        model.fit(X, Y, batch_size=64, shuffle=False, verbose=0, callbacks=[monitor])
        assert [record["step"] for record in monitor.records] == steps
        (record,) = monitor.records
        for part in record["layers"].values():
            part.pop("update_ratio", None)
        compare(record, expected)
        if steps == [2]:
            model.fit(X, Y, batch_size=64, shuffle=False, verbose=0)


def test_copies_of_model_and_callback_are_independent(expected: Any) -> None:
    model, monitor = net(), HealthMonitor(every=3, window=24)
    before = model.get_weights()
    twin, watch = copy.deepcopy((model, monitor))
    twin.fit(**arrays(), epochs=2, shuffle=False, verbose=0, callbacks=[watch])
    assert_same(watch.records, expected)
    assert monitor.records == []
    for found, kept in zip(model.get_weights(), before, strict=True):
        np.testing.assert_array_equal(found, kept)
    later = copy.deepcopy(watch)
    model.fit(**arrays(), epochs=2, shuffle=False, verbose=0, callbacks=[monitor])
    assert_same(monitor.records, expected)
    assert_same(later.records, expected)
    net().fit(**arrays(), epochs=1, shuffle=False, verbose=0, callbacks=[later])
    assert [record["step"] for record in later.records] == STEPS[:4]
    assert len(watch.records) == len(STEPS)


@pytest.mark.slow
def test_a_model_of_keras_applications() -> None:
    keras.utils.set_random_seed(4)
    model = keras.applications.MobileNetV2(input_shape=(32, 32, 3), weights=None, classes=3, alpha=0.35)
    model.compile("sgd", "sparse_categorical_crossentropy", jit_compile=False)
    monitor = HealthMonitor(every=1)
    images = RANDOM.normal(size=(8, 32, 32, 3)).astype("float32")
    model.fit(images, Y[:8], batch_size=4, verbose=0, callbacks=[monitor])
    assert [record["step"] for record in monitor.records] == [1, 2]
    assert monitor.unseen == []
    parts = monitor.records[-1]["layers"]
    with_kernels = {layer.name for layer in model.layers if any("kernel" in v.name for v in layer.trainable_variables)}
    assert len(with_kernels) > 50
    assert {path for path, part in parts.items() if "kernel_rms" in part} == with_kernels
    activations = {layer.name for layer in model.layers if isinstance(layer, layers.ReLU)}
    assert {path for path, part in parts.items() if "act_rms" in part} == activations
