"""Steps that take no gradients: a warning, what can still be measured, and the training that was asked for."""

from typing import Any

import keras
import numpy as np
import pytest
from keras import layers

from piste.callbacks import GradientMonitor, HealthMonitor
from piste.pipelines.data.dataset import Arrays
from piste.pipelines.loop.fit import fit

X = np.random.default_rng(1).normal(size=(32, 4)).astype("float32")
Y = np.random.default_rng(2).normal(size=(32, 1)).astype("float32")
WORDS = "takes no gradients with tf.GradientTape, as when nothing in it can be trained. Training goes on"

pytestmark = pytest.mark.filterwarnings("ignore:The model does not have any trainable weights")


def run(model: Any, monitor: Any, way: str = "plain") -> None:
    if way == "plain":
        model.fit(X, Y, batch_size=32, epochs=2, verbose=0, callbacks=[monitor])
    else:
        fit(model, Arrays(X, Y), epochs=2, batch_size=32, mode=way, callbacks=[monitor])


def frozen() -> Any:
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input((4,)), layers.Dense(5, name="a"), layers.ReLU(name="act"), layers.Dense(1)])
    model.trainable = False
    model.compile(keras.optimizers.SGD(0.1), "mse")
    return model


@pytest.mark.parametrize("way", ["plain", "graph", "fused"])
def test_a_frozen_model(way: str) -> None:
    model, monitor = frozen(), HealthMonitor(every=1, window=32)
    before = model.get_weights()
    with pytest.warns(UserWarning, match=WORDS):
        run(model, monitor, way)
    for found, expected in zip(model.get_weights(), before, strict=True):
        np.testing.assert_array_equal(found, expected)
    assert [record["step"] for record in monitor.records] == [1, 2]
    assert [list(record["layers"]) for record in monitor.records] == [["act"], ["act"]]
    h = np.maximum(X @ before[0] + before[1], 0.0)
    latest = monitor.records[-1]
    assert latest["loss"] == pytest.approx(np.mean((h @ before[2] + before[3] - Y) ** 2), rel=1e-5)
    assert latest["layers"]["act"]["act_rms"] == pytest.approx(np.sqrt(np.mean(h**2)), rel=1e-5)
    assert (latest["layers"]["act"]["dead"], latest["layers"]["act"]["samples"]) == (np.sum(~h.any(axis=0)), 64)
    assert "grad_norm" not in latest
    assert monitor.findings == []


def test_a_gradient_monitor_that_finds_no_gradients() -> None:
    model, monitor = frozen(), GradientMonitor(every=1)
    with pytest.warns(UserWarning, match=WORDS):
        run(model, monitor)
    assert [set(record) for record in monitor.records] == [
        {"schema", "step", "epoch", "loss", "loss_max", "nonfinite", "layers"}
    ] * 2


def test_a_model_without_weights() -> None:
    model = keras.Sequential([keras.Input((4,)), layers.Activation("tanh", name="act")])
    model.compile("sgd", "mse")
    monitor = HealthMonitor(every=1)
    with pytest.warns(UserWarning, match=WORDS):
        run(model, monitor)
    assert monitor.records[0]["loss"] == pytest.approx(np.mean((np.tanh(X) - Y) ** 2), rel=1e-5)
    assert monitor.records[0]["layers"]["act"]["act_mean"] == pytest.approx(np.mean(np.tanh(X)), rel=1e-4)


class Shrinking(keras.Model):
    """Learns without derivatives: its weights shrink at every step."""

    def __init__(self, loss: bool = True) -> None:
        super().__init__()
        self.with_loss = loss
        self.hidden = layers.Dense(5, "elu", name="hidden")
        self.head = layers.Dense(1, name="head")

    def call(self, x: Any) -> Any:
        return self.head(self.hidden(x))

    def train_step(self, data: Any) -> Any:
        x, y = data
        out = self(x, training=True)
        loss = self.compute_loss(x, y, out) if self.with_loss else keras.ops.mean(keras.ops.square(out - y))
        self.optimizer.apply([0.1 * variable for variable in self.trainable_variables], self.trainable_variables)
        return {"loss": loss}


@pytest.mark.parametrize("eager", [False, True])
def test_a_step_of_ones_own_without_a_tape(eager: bool) -> None:
    model, monitor = Shrinking(), HealthMonitor(every=1)
    model.compile(keras.optimizers.SGD(1.0), "mse", run_eagerly=eager)
    loss = float(np.mean((np.asarray(model(X)) - Y) ** 2))
    before = [np.asarray(weight) for weight in model.get_weights()]
    with pytest.warns(UserWarning, match=WORDS):
        run(model, monitor)
    for found, expected in zip(model.get_weights(), before, strict=True):
        np.testing.assert_allclose(found, 0.81 * expected, rtol=1e-5)
    assert monitor.records[0]["loss"] == pytest.approx(loss, rel=1e-5)
    assert set(monitor.records[0]["layers"]) == {"hidden"}
    assert "kernel_rms" not in monitor.records[0]["layers"]["hidden"]


def test_a_step_without_a_loss_that_could_be_seen_is_refused() -> None:
    model = Shrinking(loss=False)
    model.compile(keras.optimizers.SGD(1.0), "mse")
    words = "Received one of the model shrinking.* that does neither; remove the monitor for this model."
    with pytest.raises(ValueError, match=words):
        run(model, HealthMonitor(every=1))
    assert "call" not in vars(model.hidden)
