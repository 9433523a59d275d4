"""The share of a kernel that all units have in common."""

from typing import Any

import keras
import numpy as np
import pytest
from keras import layers

from piste.callbacks import GradientMonitor

RANDOM = np.random.default_rng(0)
X = RANDOM.normal(size=(64, 5, 3)).astype("float32")
Y = RANDOM.normal(size=(64, 1)).astype("float32")


def share(kernel: Any) -> float:
    """As the documentation of the records has it, over the last axis."""
    units = kernel.shape[-1]
    mean = np.mean(np.asarray(kernel, "float64"), axis=-1)
    return float(units * np.sum(mean**2) / np.sum(np.square(np.asarray(kernel, "float64"))))


@pytest.mark.parametrize(("cell", "gates"), [(layers.LSTM, 4), (layers.GRU, 3)])
def test_the_gates_of_a_recurrent_layer_are_looked_at_one_by_one(cell: Any, gates: int) -> None:
    keras.utils.set_random_seed(1)
    same = {"kernel_initializer": keras.initializers.Constant(0.2), "recurrent_initializer": "ones"}
    model = keras.Sequential([keras.Input((5, 3)), cell(4, name="recurrent", **same), layers.Dense(1)])
    model.layers[-1].kernel.assign(np.full((4, 1), 0.3))
    model.compile(keras.optimizers.SGD(0.5), "mse")
    watch = GradientMonitor(every=1)
    model.fit(X, Y, batch_size=8, epochs=3, verbose=0, callbacks=[watch])
    kernel = np.asarray(model.get_layer("recurrent").cell.kernel)
    found = [record["layers"]["recurrent/" + model.get_layer("recurrent").cell.name] for record in watch.records]
    assert min(part["alike"] for part in found) == pytest.approx(1.0, abs=1e-6)
    assert "SYMMETRIC" in {finding.rule for finding in watch.findings}
    # Taken together, the gates have come apart: that would have hidden it.
    assert share(kernel) < 0.999
    assert share(kernel.reshape(3, gates, 4)) == pytest.approx(1.0, abs=1e-6)


def test_one_column_apart_is_seen() -> None:
    model = keras.Sequential([keras.Input((5, 3)), layers.Dense(4, name="dense"), layers.Flatten(), layers.Dense(1)])
    kernel = np.ones((3, 4), "float32")
    kernel[:, 1] = -1.0
    model.get_layer("dense").kernel.assign(kernel)
    model.compile("sgd", "mse")
    watch = GradientMonitor(every=1)
    model.fit(X, Y, batch_size=64, verbose=0, callbacks=[watch])
    assert watch.records[0]["layers"]["dense"]["alike"] == pytest.approx(share(kernel), rel=1e-6) == 0.25
