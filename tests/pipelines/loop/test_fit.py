"""The compiled loop trains as Keras itself would, step by step, and keeps Keras's promises."""

import csv
import hashlib
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from keras import layers

from piste.callbacks import HealthMonitor
from piste.pipelines.data.dataset import Arrays
from piste.pipelines.data.order import epoch_order
from piste.pipelines.errors import ConfigError
from piste.pipelines.loop import chunks
from piste.pipelines.loop.fit import fit

MODES = ("fused", "graph", "stream")
RANDOM = np.random.default_rng(8)
TRAIN = Arrays(RANDOM.integers(0, 256, (70, 3, 3), dtype=np.uint8), RANDOM.integers(0, 3, 70).astype("int32"))
VALIDATION = Arrays(RANDOM.integers(0, 256, (20, 3, 3), dtype=np.uint8), RANDOM.integers(0, 3, 20).astype("int32"))
# 70 samples in batches of 16: four full ones and one of six.


def net(dropout: float = 0.2, **arguments: Any) -> Any:
    keras.utils.set_random_seed(0)
    model = keras.Sequential(
        [
            keras.Input((3, 3), dtype="uint8"),
            layers.Flatten(),
            layers.Rescaling(1 / 255),
            layers.Dense(8, "elu"),
            layers.Dropout(dropout, seed=3),
            layers.Dense(3, "softmax"),
        ]
    )
    settings = {"optimizer": keras.optimizers.Nadam(0.01), "loss": "sparse_categorical_crossentropy"}
    model.compile(**(settings | {"metrics": ["accuracy"]} | arguments))
    return model


def train(mode: str, callbacks: Any = (), model: Any = None, **arguments: Any) -> tuple[Any, Any]:
    model = model or net()
    settings = {"validation": None, "epochs": 2, "batch_size": 16, "seed": 5} | arguments
    history = fit(model, TRAIN, **settings, mode=mode, callbacks=list(callbacks))
    return model, history


def bits(model: Any) -> list[bytes]:
    return [np.array(variable).tobytes() for variable in [*model.variables, *model.optimizer.variables]]


def train_alone(order: Any, model: Any, batch_size: int = 16) -> dict[str, float]:
    """An epoch of Keras's `train_on_batch` over the batches of an order; returns the means over all samples."""
    sums = {"loss": 0.0, "accuracy": 0.0}
    for begin in range(0, len(order), batch_size):
        rows = order[begin : begin + batch_size]
        model.reset_metrics()
        logs = model.train_on_batch(TRAIN.x[rows], TRAIN.y[rows], return_dict=True)
        sums = {name: total + float(logs[name]) * len(rows) for name, total in sums.items()}
    return {name: total / len(order) for name, total in sums.items()}


def assert_close(model: Any, reference: Any) -> None:
    for found, expected in zip(model.get_weights(), reference.get_weights(), strict=True):
        np.testing.assert_allclose(found, expected, rtol=1e-5, atol=2e-6)


# XLA draws other dropout masks from the same seed, so what is compared across compilers has no dropout.
@pytest.fixture(scope="module")
def reference() -> tuple[Any, list[dict[str, float]]]:
    model = net(dropout=0.0)
    return model, [train_alone(epoch_order(70, 5, epoch), model) for epoch in range(2)]


@pytest.mark.parametrize("mode", MODES)
def test_every_mode_trains_as_train_on_batch_does(mode: str, reference: Any) -> None:
    model, history = train(mode, model=net(dropout=0.0))
    alone, epochs = reference
    assert_close(model, alone)
    for name in ("loss", "accuracy"):
        np.testing.assert_allclose(history.history[name], [logs[name] for logs in epochs], rtol=1e-5)
    assert int(model.optimizer.iterations) == 10


def test_graph_mode_draws_the_dropout_masks_of_keras() -> None:
    model, alone = train("graph", epochs=1)[0], net()
    train_alone(epoch_order(70, 5, 0), alone)
    assert_close(model, alone)


class Batches(keras.callbacks.Callback):
    """Notes the batch hooks, and how many optimizer steps were done at each."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[tuple[int, int, int]] = []

    def on_train_batch_begin(self, batch: int, logs: Any = None) -> None:
        self.begun = batch

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        assert logs is not None and np.isfinite(float(logs["loss"]))
        self.seen.append((self.begun, batch, int(self.model.optimizer.iterations)))


def cut(monkeypatch: pytest.MonkeyPatch, steps: int) -> None:
    monkeypatch.setattr(chunks, "FIRST_CHUNK", steps)
    monkeypatch.setattr(chunks, "CHUNK_SECONDS", 0.0)


CUTS = {
    1: [(batch, batch) for batch in range(5)],
    3: [(0, 2), (3, 4)],
    100: [(0, 4)],
}


@pytest.mark.parametrize("mode", ["fused", "graph"])
def test_cuts_change_no_bit_and_hooks_cover_every_step_once(mode: str, monkeypatch: pytest.MonkeyPatch) -> None:
    results = []
    for size, expected in CUTS.items():
        for watched in (False, True):
            cut(monkeypatch, size)
            batches, monitor = Batches(), HealthMonitor(every=2)
            model, _ = train(mode, [batches, monitor] if watched else [batches])
            numbers = [(begin, end, 5 * epoch + end + 1) for epoch in range(2) for begin, end in expected]
            assert batches.seen == numbers, (size, watched)
            if watched:
                assert [record["step"] for record in monitor.records] == [1, 2, 4, 6, 8, 10]
                assert [record["epoch"] for record in monitor.records] == [1, 1, 1, 2, 2, 2]
            results.append(bits(model))
    assert all(result == results[0] for result in results)


SCRIPT = """
import hashlib, sys
sys.path.insert(0, sys.argv[1])
import test_fit
for mode in test_fit.MODES:
    print(mode, hashlib.sha256(b"".join(test_fit.bits(test_fit.train(mode)[0]))).hexdigest())
"""


def test_another_process_gets_the_same_bits() -> None:
    environment = os.environ | {"TF_CPP_MIN_LOG_LEVEL": "3"}
    command = [sys.executable, "-W", "ignore", "-c", SCRIPT, str(Path(__file__).parent)]
    other = subprocess.run(command, capture_output=True, text=True, env=environment, check=True)
    here = [f"{mode} {hashlib.sha256(b''.join(bits(train(mode)[0]))).hexdigest()}" for mode in MODES]
    assert other.stdout.splitlines() == here


@pytest.mark.parametrize("mode", MODES)
def test_validation_figures_equal_those_of_evaluate(mode: str) -> None:
    model, history = train(mode, validation=VALIDATION, epochs=1)
    found = model.evaluate(VALIDATION.x, VALIDATION.y, verbose=0, return_dict=True)
    for name, value in found.items():
        assert history.history[f"val_{name}"] == [pytest.approx(value, rel=1e-5)]
    assert set(history.history) == {"loss", "accuracy", "val_loss", "val_accuracy"}


class StopAt(keras.callbacks.Callback):
    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        self.model.stop_training = batch >= 1


@pytest.mark.parametrize("mode", ["fused", "graph"])
def test_stop_training_in_mid_epoch_stops_after_the_chunk(mode: str, monkeypatch: pytest.MonkeyPatch) -> None:
    cut(monkeypatch, 1)
    model, history = train(mode, [StopAt()])
    assert int(model.optimizer.iterations) == 2
    assert len(history.history["loss"]) == 1


def test_keras_callbacks_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cut(monkeypatch, 1)
    rates = [0.01, 0.02, 0.5]
    model = net()
    early = keras.callbacks.EarlyStopping("val_loss", patience=1, min_delta=10.0, restore_best_weights=True)
    saver = keras.callbacks.ModelCheckpoint(str(tmp_path / "{epoch}-{batch}.weights.h5"), save_freq=3)
    saver.save_weights_only = True
    _, history = train(
        "graph",
        [
            keras.callbacks.LearningRateScheduler(lambda epoch: rates[epoch]),
            saver,
            keras.callbacks.CSVLogger(str(tmp_path / "log.csv")),
            early,
        ],
        model=model,
        validation=VALIDATION,
        epochs=3,
    )
    np.testing.assert_allclose(history.history["learning_rate"], rates[:2], rtol=1e-6)
    assert early.stopped_epoch == 1
    found = model.evaluate(VALIDATION.x, VALIDATION.y, verbose=0)[0]
    assert found == pytest.approx(history.history["val_loss"][0], rel=1e-5)
    assert sorted(path.name for path in tmp_path.glob("*.h5")) == [
        "1-3.weights.h5",
        "2-1.weights.h5",
        "2-4.weights.h5",
    ]
    with (tmp_path / "log.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert [float(row["val_loss"]) for row in rows] == pytest.approx(history.history["val_loss"])


class Fail(keras.callbacks.Callback):
    def __init__(self, hook: str) -> None:
        super().__init__()
        setattr(self, hook, self.fail)

    def fail(self, batch: int, logs: Any = None) -> None:
        raise RuntimeError("enough")


@pytest.mark.parametrize("hook", [None, "on_train_batch_end", "on_test_batch_end"])
def test_the_plain_functions_are_back(hook: str | None) -> None:
    model = net()
    model.fit(TRAIN.x[:16], TRAIN.y[:16], validation_data=(VALIDATION.x, VALIDATION.y), verbose=0)
    functions = model.train_function, model.test_function
    if hook is None:
        train("graph", model=model, validation=VALIDATION, epochs=1)
    else:
        with pytest.raises(RuntimeError, match="enough"):
            train("graph", [Fail(hook)], model=model, validation=VALIDATION, epochs=1)
    assert (model.train_function, model.test_function) == functions
    before = int(model.optimizer.iterations)
    model.fit(TRAIN.x[:32], TRAIN.y[:32], batch_size=16, verbose=0)
    assert int(model.optimizer.iterations) == before + 2


@pytest.mark.parametrize("mode", MODES)
def test_a_batch_larger_than_the_data_is_one_step(mode: str) -> None:
    model, alone = train(mode, model=net(dropout=0.0), batch_size=100, epochs=1)[0], net(dropout=0.0)
    train_alone(epoch_order(70, 5, 0), alone, batch_size=100)
    assert int(model.optimizer.iterations) == 1
    assert_close(model, alone)


@pytest.mark.parametrize("mode", ["fused", "stream"])
def test_without_shuffling_samples_come_in_their_order(mode: str) -> None:
    model, alone = train(mode, model=net(dropout=0.0), shuffle=False, epochs=1)[0], net(dropout=0.0)
    train_alone(np.arange(70), alone)
    assert_close(model, alone)


def test_an_unknown_mode_is_refused() -> None:
    with pytest.raises(ValueError, match=r"^`mode` must be fused, graph or stream. Received: 'eager'.$"):
        train("eager")


@pytest.mark.parametrize("kind", [layers.RandomRotation, layers.RandomTranslation, layers.RandomZoom])
def test_xla_still_cannot_compile_what_the_rule_says(kind: Callable[..., Any]) -> None:
    augment = kind(0.1, 0.1) if kind is layers.RandomTranslation else kind(0.1)
    model = keras.Sequential([keras.Input((4, 4, 1)), augment, layers.Flatten(), layers.Dense(2)])
    model.compile("sgd", "mse")
    data = Arrays(np.ones((8, 4, 4, 1), "float32"), np.ones((8, 2), "float32"))
    fit(model, data, epochs=1, batch_size=4, mode="graph")
    with pytest.raises(Exception, match=r"(?i)xla|compil"):
        fit(model, data, epochs=1, batch_size=4, mode="fused")


def test_a_step_that_xla_cannot_compile_is_refused_with_the_way_out() -> None:
    model = keras.Sequential([keras.Input((3, 3)), layers.Reshape((3, 3, 1)), layers.RandomZoom(0.1), layers.Flatten()])
    model.add(layers.Dense(3))
    model.compile("sgd", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    with pytest.raises(
        ConfigError, match=r"can compile; use `mode: graph`\. Received from TensorFlow: Detected unsupp"
    ):
        train("fused", model=model)
    train("graph", model=model)
