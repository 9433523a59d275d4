"""What a watched `fit` leaves alone: saving, copying and evaluating while it runs, and everything after it."""

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

from piste.callbacks import DeadUnitMonitor, GradientMonitor, HealthMonitor
from piste.pipelines.data.dataset import Arrays
from piste.pipelines.loop.fit import fit

X = np.random.default_rng(1).normal(size=(32, 4)).astype("float32")
Y = np.random.default_rng(2).normal(size=(32, 1)).astype("float32")
OTHER = X[::-1] + 1.0
PATCHED = ("call", "activation", "train_step", "apply", "gradient")


def net(**arguments: Any) -> Any:
    keras.utils.set_random_seed(0)
    model = keras.Sequential(
        [keras.Input((4,)), layers.Dense(5, "relu", name="a"), layers.Activation("tanh", name="t"), layers.Dense(1)]
    )
    model.compile("sgd", "mse", **arguments)
    return model


def run(model: Any, callbacks: list[Any], way: str = "plain", epochs: int = 1) -> Any:
    if way == "plain":
        return model.fit(X, Y, batch_size=8, epochs=epochs, verbose=0, callbacks=callbacks)
    return fit(model, Arrays(X, Y), epochs=epochs, batch_size=8, mode=way, callbacks=callbacks)


def leftovers(model: Any) -> list[str]:
    """Instance attributes that hide a method of the class."""
    found = [name for thing in (model, *model.layers, model.optimizer) for name in PATCHED if name in vars(thing)]
    return [name for name in found if name != "activation"] + [
        layer.name for layer in model.layers if "tapped" in getattr(vars(layer).get("activation"), "__name__", "")
    ]


def steps(monitor: Any) -> list[int]:
    return [record["step"] for record in monitor.records]


class Once(keras.callbacks.Callback):
    """Does something in the middle of training."""

    def __init__(self, action: Callable[[Any], None], batch: int = 1) -> None:
        super().__init__()
        self.action, self.batch, self.done = action, batch, 0

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        if batch >= self.batch and not self.done:
            self.done += 1
            self.action(self.model)


@pytest.mark.parametrize("way", ["plain", "graph", "fused"])
def test_saving_copying_and_evaluating_in_a_watched_fit(way: str, tmp_path: Path) -> None:
    def everything(model: Any) -> None:
        expected = model(X).numpy()

        def same(found: Any) -> None:
            np.testing.assert_allclose(np.asarray(found), expected, rtol=1e-5, atol=1e-6)

        model.save(tmp_path / "model.keras")
        same(keras.models.load_model(tmp_path / "model.keras")(X))
        same(copy.deepcopy(model)(X))
        clone = keras.models.clone_model(model)
        clone.set_weights(model.get_weights())
        same(clone(X))
        same(model.predict(X, verbose=0))
        model.export(tmp_path / "export", verbose=False)
        served = tf.saved_model.load(str(tmp_path / "export"))
        same(served.serve(X))
        loss = np.mean((model(OTHER).numpy() - Y) ** 2)
        metrics = [variable.numpy() for variable in model.metrics_variables]
        assert model.evaluate(OTHER, Y, verbose=0) == pytest.approx(loss, rel=1e-5)
        for variable, value in zip(model.metrics_variables, metrics, strict=True):
            variable.assign(value)

    alone, watched, monitor, once = net(), net(), HealthMonitor(every=2), Once(everything)
    run(alone, [], way)
    files = keras.callbacks.ModelCheckpoint(str(tmp_path / "{epoch}.keras"), save_freq="epoch")
    run(watched, [monitor, once, files], way)
    assert once.done == 1
    assert steps(monitor) == [1, 2, 4]
    assert leftovers(watched) == []
    saved = keras.models.load_model(tmp_path / "1.keras")
    for found, kept, expected in zip(watched.get_weights(), saved.get_weights(), alone.get_weights(), strict=True):
        np.testing.assert_array_equal(found, kept)
        if way != "plain":  # its data is shuffled by a generator that the prediction in between has moved
            np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize("way", ["plain", "graph"])
@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
def test_after_an_exception_the_next_fit_is_a_plain_one(way: str, error: type, tmp_path: Path) -> None:
    def fail(model: Any) -> None:
        raise error("enough")

    model, monitor = net(), HealthMonitor(every=1)
    with pytest.raises(error, match="enough"):
        run(model, [monitor, Once(fail)], way)
    seen = len(monitor.records)
    assert seen
    assert leftovers(model) == []
    model.save(tmp_path / "model.keras")
    copy.deepcopy(model)
    history = run(model, [])
    assert len(monitor.records) == seen
    assert list(history.history) == ["loss"]
    assert not hasattr(model.train_function, "watched_step")
    assert isinstance(model.train_function, type(trained().train_function))
    again = HealthMonitor(every=1)
    run(model, [again], way)
    assert len(again.records) == 4


def trained() -> Any:
    model = net()
    model.fit(X[:8], Y[:8], verbose=0)
    return model


def test_after_a_watched_fit_the_plain_train_function_is_back() -> None:
    model = trained()
    plain = model.train_function
    monitor = HealthMonitor(every=1)
    run(model, [monitor])
    assert model.train_function is plain
    run(model, [])
    assert len(monitor.records) == 4
    assert leftovers(model) == []


def test_a_monitor_can_be_used_again_and_copied() -> None:
    monitor = HealthMonitor(every=2)
    first, second = net(), net()
    run(first, [monitor])
    assert steps(monitor) == [1, 2, 4]
    run(first, [monitor])
    assert steps(monitor) == [6, 8]
    run(second, [monitor])
    assert steps(monitor) == [1, 2, 4]
    twin = copy.deepcopy(HealthMonitor(every=2))
    run(net(), [twin])
    assert steps(twin) == [1, 2, 4]


def test_two_monitors_are_stacked_in_a_plain_fit() -> None:
    model, gradients, units = net(), GradientMonitor(every=2), DeadUnitMonitor(every=3)
    run(model, [gradients, units])
    assert steps(gradients) == [1, 2, 4]
    assert steps(units) == [1, 2, 3]
    assert "kernel_rms" in gradients.records[0]["layers"]["a"]
    assert "act_rms" in units.records[0]["layers"]["a"]
    run(model, [])
    assert len(gradients.records) == len(units.records) == 3


def test_the_compiled_loop_refuses_two_monitors() -> None:
    words = "carries one monitor. Received: GradientMonitor and DeadUnitMonitor; use HealthMonitor"
    with pytest.raises(ValueError, match=words):
        run(net(), [GradientMonitor(), DeadUnitMonitor()], "graph")


class Subclassed(keras.Model):
    """A model that is built by its first batch."""

    def __init__(self) -> None:
        super().__init__()
        self.hidden = layers.Dense(5, "elu", name="hidden")
        self.head = layers.Dense(1, name="head")

    def call(self, x: Any) -> Any:
        return self.head(self.hidden(x))


class OwnStep(Subclassed):
    """A train step of one's own."""

    def train_step(self, data: Any) -> Any:
        x, y = data
        with tf.GradientTape() as tape:
            loss = 2.0 * tf.reduce_mean(tf.square(self(x, training=True) - y))
        self.optimizer.apply_gradients(
            zip(tape.gradient(loss, self.trainable_variables), self.trainable_variables, strict=True)
        )
        return {"loss": loss}


@pytest.mark.parametrize("kind", [Subclassed, OwnStep])
def test_models_of_ones_own(kind: Any) -> None:
    model, monitor = kind(), HealthMonitor(every=2)
    model.compile("sgd", "mse")
    run(model, [monitor])
    assert steps(monitor) == [1, 2, 4]
    assert {"kernel_rms", "delta_rms", "act_rms", "update_ratio"} <= set(monitor.records[0]["layers"]["hidden"])
    assert {"kernel_rms", "delta_rms"} <= set(monitor.records[0]["layers"]["head"])


def test_a_sequential_model_that_was_never_built() -> None:
    model, monitor = keras.Sequential([layers.Dense(3, "relu", name="a"), layers.Dense(1)]), HealthMonitor(every=4)
    model.compile("sgd", "mse")
    run(model, [monitor])
    assert steps(monitor) == [1, 2, 4]


def test_eager_steps_and_several_steps_a_call() -> None:
    eager, monitor = net(run_eagerly=True), HealthMonitor(every=2)
    run(eager, [monitor])
    assert steps(monitor) == [1, 2, 4]
    many, watch = net(steps_per_execution=4), HealthMonitor(every=2)
    run(many, [watch])
    assert steps(watch) == [1, 2, 4]


def test_generators_and_datasets() -> None:
    dataset = tf.data.Dataset.from_tensor_slices((X, Y)).batch(8)
    generator = ((X[i : i + 8], Y[i : i + 8]) for i in (0, 8, 16, 24))
    for data in (dataset, generator):
        monitor = GradientMonitor(every=2)
        net().fit(data, shuffle=False, steps_per_epoch=4, verbose=0, callbacks=[monitor])
        assert steps(monitor) == [1, 2, 4]


def test_patterns_choose_the_layers() -> None:
    monitor = HealthMonitor(every=4, layers=("a", "den*"), exclude=("dense*",))
    run(net(), [monitor])
    assert list(monitor.records[0]["layers"]) == ["a"]


def test_a_pattern_that_matches_nothing_warns() -> None:
    monitor = HealthMonitor(every=4, layers=("nowhere*",))
    with pytest.warns(UserWarning, match="has no layer to watch"):
        run(net(), [monitor])
    assert steps(monitor) == [1, 2, 4]
    assert monitor.records[0]["layers"] == {}


def test_the_file_holds_the_records(tmp_path: Path) -> None:
    monitor = HealthMonitor(every=1, window=8, file=tmp_path / "new" / "health.jsonl")
    run(net(), [monitor])
    lines = (tmp_path / "new" / "health.jsonl").read_text().splitlines()
    assert [json.loads(line) for line in lines] == monitor.records
    shares = np.load(tmp_path / "new" / "health_units" / "00000002.npz", allow_pickle=False)
    kinds = ("active", "positive", "size", "steepest")
    assert {path: shares[path].shape for path in shares} == {f"{kind}/{path}": (5,) for kind in kinds for path in "at"}
