"""What a probe measures in inference: exactly, when it is due, and without a trace."""

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

from piste.callbacks import DeadUnitMonitor, HealthMonitor, judge
from piste.callbacks.rules import dead
from piste.pipelines.data.dataset import Arrays
from piste.pipelines.loop.fit import fit
from tests.callbacks.probing import LOOPS, X, moved_norm, probed, train

State = list[tuple[str, np.ndarray]]


@pytest.mark.parametrize("way", LOOPS)
def test_dead_is_what_is_dead_in_inference(way: str) -> None:
    monitor = train(moved_norm(), X, DeadUnitMonitor(every=1, window=4, probe=X), way)
    part = monitor.records[-1]["layers"]["act"]
    assert (part["units"], part["dead"], part["probe_dead"], part["probe_samples"]) == (2, 0, 1, 4)
    # Of the eight outputs two are 2 and six are 0.
    assert part["probe_rms"] == pytest.approx(1.0, rel=1e-6)
    assert (part["probe_mean"], part["probe_saturated"]) == (0.5, 0.75)
    (finding,) = monitor.findings
    assert (finding.rule, finding.severity, finding.evidence["share"]) == ("DEAD", "warning", 0.5)
    assert (finding.evidence["share_at_first"], finding.evidence["samples"]) == (0.5, 4.0)
    assert finding.advice.startswith("1 of 2 units of act are flat on all of 4 probe samples: relu passes no gradient")
    assert train(moved_norm(), X, DeadUnitMonitor(every=1, window=4), way).findings == []


def test_dropout_is_off() -> None:
    # Kept entries are doubled in training: 2 - 1.5 is above 0. In inference it is 1 - 1.5.
    unit = layers.Dense(1, "relu", name="unit")
    model = keras.Sequential([keras.Input((1,)), layers.Dropout(0.5, seed=1), unit])
    unit.set_weights([np.ones((1, 1)), np.array([-1.5])])
    x = np.ones((64, 1), "float32")
    part = train(model, x, DeadUnitMonitor(every=1, window=4, probe=x)).records[-1]["layers"]["unit"]
    assert (part["dead"], part["probe_dead"], part["probe_samples"], part["probe_mean"]) == (0, 1, 64, 0.0)


def test_many_batches_are_one_probe() -> None:
    # 300 samples in batches of 256 and 44; the last unit is active on the very last sample only.
    x = np.tile(X, (75, 1))
    x[-1] = [50.0, 0.0]
    weights, bias = np.array([[1.0, 0.0, 1.0], [0.0, 1.0, 0.0]]), np.array([0.0, -9.0, -40.0])
    hidden = layers.Dense(3, "elu", name="hidden")
    model = keras.Sequential([keras.Input((2,)), hidden, layers.Dense(1)])
    hidden.set_weights([weights, bias])
    monitor = train(model, x[:4], DeadUnitMonitor(every=1, probe=x), epochs=3)
    z = x.astype("float64") @ weights + bias
    h = np.where(z > 0, z, np.expm1(np.minimum(z, 0.0)))
    part = monitor.records[-1]["layers"]["hidden"]
    # ELU's slope is exp(z): 0.0009 at -7, which is the most that the second unit gets.
    assert (part["units"], part["probe_dead"], part["probe_samples"]) == (3, 1, 300)
    assert part["probe_rms"] == pytest.approx(np.sqrt(np.mean(h**2)), rel=1e-5)
    assert part["probe_mean"] == pytest.approx(h.mean(), rel=1e-5)
    assert part["probe_saturated"] == pytest.approx(np.mean(np.exp(np.minimum(z, 0.0)) < 0.05), rel=1e-6)
    assert monitor._probe._run.experimental_get_tracing_count() == 2


class Subclassed(keras.Model):
    """A model whose `call` knows nothing of `training`."""

    def __init__(self) -> None:
        super().__init__()
        self.inner = keras.Sequential([layers.Dense(6, name="dense"), layers.ELU(name="act")], name="inner")
        self.drop, self.head = layers.Dropout(0.5), layers.Dense(1)

    def call(self, x: Any) -> Any:
        return self.head(self.inner(self.drop(x)))


def nested() -> Any:
    x = keras.Input((2,))
    inner = keras.Sequential([layers.Dense(6, name="dense"), layers.ELU(name="act")], name="inner")
    return keras.Model(x, layers.Dense(1)(inner(layers.Dropout(0.5)(x))))


@pytest.mark.parametrize(
    ("kind", "way"),
    [*((nested, way) for way in (*LOOPS, "eager", "eight steps a call")), (Subclassed, "plain"), (Subclassed, "fused")],
)
def test_before_the_first_step_and_after_each_epoch(kind: Callable[[], Any], way: str) -> None:
    keras.utils.set_random_seed(0)
    model = kind()
    model(X)
    x = np.random.default_rng(0).normal(size=(32, 2)).astype("float32")
    ways: dict[str, Any] = {"eager": {"run_eagerly": True}, "eight steps a call": {"steps_per_execution": 8}}
    before = means(model)
    monitor = HealthMonitor(every=3, probe=X)
    train(model, x, monitor, way, rate=0.1, **ways.get(way, {}))
    after = means(model)
    assert probed(monitor) == [1, 6, 15]
    found = [record["layers"]["inner/act"].get("probe_mean") for record in monitor.records]
    assert found[0] == pytest.approx(before, rel=1e-5)
    assert found[-1] == pytest.approx(after, rel=1e-5)
    assert abs(before - after) > 0.01


def means(model: Any) -> float:
    inner = model.inner if isinstance(model, Subclassed) else model.get_layer("inner")
    return float(np.mean(inner(X, training=False)))


class Restless(layers.Layer):
    """Counts its calls and draws a number in each, in inference too."""

    def build(self, input_shape: Any) -> None:
        self.calls = self.add_weight(name="calls", shape=(), initializer="zeros", trainable=False)
        self.seeds = keras.random.SeedGenerator(1)

    def call(self, x: Any) -> Any:
        self.calls.assign_add(1.0)
        return x + 0.1 * keras.random.normal((2,), seed=self.seeds)


def restless() -> Any:
    keras.utils.set_random_seed(3)
    hidden = [layers.Dense(8), layers.BatchNormalization(), layers.ELU(), layers.Dropout(0.3)]
    return keras.Sequential([keras.Input((2,)), Restless(), *hidden, layers.Dense(1)], name="net")


@pytest.mark.parametrize(
    "way", ["plain", "fused", *(pytest.param(way, marks=pytest.mark.slow) for way in ("graph", "plain jit"))]
)
def test_a_probe_changes_no_bit(
    way: str, state_of: Callable[[Any], State], changed_bits: Callable[[State, State], list[str]]
) -> None:
    x = np.random.default_rng(0).normal(size=(32, 2)).astype("float32")

    def after(monitor: Any) -> Any:
        model = restless()
        train(model, x, monitor, way, rate=0.05, metrics=["mae"])
        return model

    alone, watched = after(None), after(HealthMonitor(every=2, probe=x))
    assert changed_bits(state_of(alone), state_of(watched)) == []
    before = state_of(watched)
    watched(x[:4], training=False)
    assert len(changed_bits(before, state_of(watched))) == 2  # its calls and its seed


def test_epochs_that_are_shorter_than_the_period_are_checked_at_their_end() -> None:
    x = np.tile(X, (2, 1))
    monitor = train(moved_norm(), x, DeadUnitMonitor(every=50, probe=X), epochs=4)
    assert [(record["step"], record["epoch"]) for record in monitor.records] == [(1, 1), (2, 1), (4, 2), (6, 3), (8, 4)]
    assert probed(monitor) == [1, 2, 4, 6, 8]
    plain = train(moved_norm(), x, DeadUnitMonitor(every=50), epochs=4)
    assert [record["step"] for record in plain.records] == [1, 2, 4, 8]
    assert probed(plain) == []


def test_the_file_gives_the_same_findings_again(tmp_path: Path) -> None:
    told: list[Any] = []
    monitor = HealthMonitor(every=2, window=4, probe=X, file=tmp_path / "health.jsonl", action=told.append)
    train(moved_norm(), np.tile(X, (5, 1)), monitor, rate=0.01)
    records = [json.loads(line) for line in (tmp_path / "health.jsonl").read_text().splitlines()]
    assert records == monitor.records
    assert [record["step"] for record in records] == [1, 2, 4, 6, 8, 10]
    assert judge(records) == monitor.findings
    assert [finding.rule for finding in monitor.findings].count("DEAD") == 1
    assert [(finding.rule, finding.step) for finding in told if finding.rule == "DEAD"] == [("DEAD", 1)]
    shares = np.load(tmp_path / "health_units" / "00000010.npz", allow_pickle=False)
    np.testing.assert_array_equal(shares["probe/act"], [0.0, 0.5])


def test_a_finding_of_the_probe_stops_training() -> None:
    monitor = train(moved_norm(), X, DeadUnitMonitor(every=1, probe=X, action="stop"), epochs=9)
    assert probed(monitor) == [1]


def test_a_monitor_with_a_probe_can_be_used_again_and_copied() -> None:
    monitor = DeadUnitMonitor(every=1, probe=tf.data.Dataset.from_tensor_slices(X).batch(3))
    twin = copy.deepcopy(monitor)
    for watch in (twin, monitor):
        model = moved_norm()
        assert probed(train(model, X, watch, epochs=1)) == [1]
    model.fit(X, np.zeros((4, 1)), batch_size=4, verbose=0, callbacks=[monitor])
    assert [record["step"] for record in monitor.records] == probed(monitor) == [2]


def test_a_model_without_activations_warns() -> None:
    model = keras.Sequential([keras.Input((2,)), layers.Dense(1)], name="flat")
    with pytest.warns(UserWarning, match="The model flat has no activation to probe"):
        monitor = train(model, X, DeadUnitMonitor(every=1, probe=X))
    assert probed(monitor) == [] and len(monitor.records) == 2


def test_where_a_probe_was_measured_windows_do_not_count() -> None:
    def record(step: int, **part: int) -> dict[str, Any]:
        layer = {"activation": "relu", "units": 10, **part}
        return {"step": step, "epoch": 1, "loss": 1.0, "nonfinite": None, "layers": {"act": layer}}

    lively = record(1, probe_dead=0, probe_samples=100)
    window = record(2, dead=9, samples=2048)
    assert dead([lively, window]) == []
    (finding,) = dead([lively, window, record(3, probe_dead=9, probe_samples=100, dead=0, samples=2048)])
    assert (finding.severity, finding.evidence["died_step"]) == ("critical", 3.0)
    assert finding.evidence["active_below"] == pytest.approx(3.8414588 / (100 + 3.8414588))
    assert [found.evidence["samples"] for found in dead([record(1, dead=9, samples=2048)])] == [2048.0]


def test_a_record_that_waits_outlives_an_interrupt() -> None:
    def interrupt(batch: int, logs: Any) -> None:
        if batch >= 3:
            raise KeyboardInterrupt

    model, monitor = moved_norm(), DeadUnitMonitor(every=2, probe=X)
    model.compile("sgd", "mse")
    callbacks = [monitor, keras.callbacks.LambdaCallback(on_train_batch_end=interrupt)]
    with pytest.raises(KeyboardInterrupt):
        fit(model, Arrays(np.tile(X, (9, 1)), np.zeros((36, 1))), epochs=1, batch_size=4, callbacks=callbacks)
    assert [record["step"] for record in monitor.records] == [1, 2, 4]
