"""Counts of dead units where the weights are set by hand."""

from typing import Any

import keras
import numpy as np
import pytest
from keras import layers

from piste.callbacks import DeadUnitMonitor
from piste.pipelines.data.dataset import Arrays
from piste.pipelines.loop.fit import fit

MODES = pytest.mark.parametrize("mode", ["plain", "graph", "fused"])
X = np.array([[1.0, 2.0], [-1.0, 2.0], [1.0, -2.0], [-1.0, -2.0]], "float32")


def watch(model: Any, x: Any, mode: str = "plain") -> Any:
    """Trains at a rate of 0, so that the weights stay; each of the two steps fills a window."""
    model.compile(keras.optimizers.SGD(0.0), "mse")
    monitor = DeadUnitMonitor(every=1, window=4)
    y = np.zeros((len(x), *model.output_shape[1:]), "float32")
    if mode == "plain":
        model.fit(x, y, epochs=2, batch_size=4, verbose=0, callbacks=[monitor])
    else:
        fit(model, Arrays(x, y), epochs=2, batch_size=4, mode=mode, callbacks=[monitor])
    assert len(monitor.records) == 2
    assert "dead" not in next(iter(monitor.records[0]["layers"].values()))
    return monitor


def counts(monitor: Any) -> dict[str, tuple[int, int, int]]:
    parts = monitor.records[-1]["layers"]
    return {path: (part["dead"], part["units"], part["samples"]) for path, part in parts.items() if "dead" in part}


@MODES
def test_dense_units(mode: str) -> None:
    # Units: x0, x1, x0 + x1 - 2, -9. Positive on 2, 2, 1 (only [1, 2]) and 0 of the 4 samples.
    hidden = layers.Dense(4, "relu", name="hidden")
    model = keras.Sequential([keras.Input((2,)), hidden, layers.Dense(1)])
    hidden.set_weights([np.array([[1, 0, 1, 0], [0, 1, 1, 0]], "float32"), np.array([0, 0, -2, -9], "float32")])
    monitor = watch(model, X, mode)
    assert counts(monitor) == {"hidden": (1, 4, 8)}
    np.testing.assert_array_equal(monitor.shares["hidden"], [0.5, 0.5, 0.25, 0.0])


@MODES
def test_a_channel_is_active_on_a_sample_if_it_is_so_anywhere(mode: str) -> None:
    # 1 x 1 kernels: the first channel needs a pixel above 2, the second one above -9, the third above 9.
    conv = layers.Conv2D(3, 1, name="conv")
    model = keras.Sequential([keras.Input((2, 2, 1)), conv, layers.ReLU(name="act")])
    conv.set_weights([np.ones((1, 1, 1, 3), "float32"), np.array([-2, 9, -9], "float32")])
    images = np.zeros((4, 2, 2, 1), "float32")
    images[0, 1, 1, 0] = images[2, 0, 1, 0] = images[2, 0, 0, 0] = 3.0
    monitor = watch(model, images, mode)
    assert counts(monitor) == {"act": (1, 3, 8)}
    np.testing.assert_array_equal(monitor.shares["act"], [0.5, 1.0, 0.0])


@MODES
def test_units_behind_a_batch_normalisation(mode: str) -> None:
    # Normalised values lie within sqrt(3) for four samples; a beta of -5 keeps the second unit below 0.
    norm = layers.BatchNormalization(name="norm")
    model = keras.Sequential([keras.Input((2,)), norm, layers.ReLU(name="act")])
    norm.set_weights([np.ones(2), np.array([0.0, -5.0]), np.zeros(2), np.ones(2)])
    assert counts(watch(model, X, mode)) == {"act": (1, 2, 8)}


@MODES
def test_each_call_of_a_shared_layer_is_counted(mode: str) -> None:
    # relu(x - 1.5) leaves [0, 0.5] at most; the second call then gives 0 everywhere.
    shared = layers.Dense(2, "relu", name="shared")
    x = keras.Input((2,))
    model = keras.Model(x, shared(shared(x)))
    shared.set_weights([np.eye(2, dtype="float32"), np.array([-1.5, -1.5], "float32")])
    monitor = watch(model, X, mode)
    assert counts(monitor) == {"shared": (1, 2, 8), "shared#2": (2, 2, 8)}
    np.testing.assert_array_equal(monitor.shares["shared"], [0.0, 0.5])


def test_born_dead_units_are_found_and_said_to_be_born() -> None:
    hidden = layers.Dense(4, "relu", name="hidden", bias_initializer=keras.initializers.Constant(-99.0))
    (finding,) = watch(keras.Sequential([keras.Input((2,)), hidden, layers.Dense(1)]), X).findings
    assert (finding.rule, finding.layer, finding.severity) == ("DEAD", "hidden", "critical")
    assert finding.evidence["share"] == finding.evidence["share_at_first"] == 1.0
    assert "dead from the start" in finding.causes[0]
