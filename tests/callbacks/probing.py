"""Models and training for the tests of probes."""

from typing import Any

import keras
import numpy as np
from keras import layers

from piste.pipelines.data.dataset import Arrays
from piste.pipelines.loop.fit import fit

X = np.array([[1.0, 2.0], [-1.0, 2.0], [1.0, -2.0], [-1.0, -2.0]], "float32")
LOOPS = ["plain", "graph", "fused"]


def train(model: Any, x: Any, monitor: Any, way: str = "plain", epochs: int = 2, rate: float = 0.0, **own: Any) -> Any:
    """Trains in batches of four and returns the monitor; at a rate of 0 the weights stay."""
    model.compile(keras.optimizers.SGD(rate, momentum=0.9), "mse", jit_compile=way == "plain jit", **own)
    y = np.zeros((len(x), 1), "float32")
    callbacks = [] if monitor is None else [monitor]
    if way in ("graph", "fused"):
        fit(model, Arrays(x, y), epochs=epochs, batch_size=4, mode=way, callbacks=callbacks)
    else:
        model.fit(x, y, epochs=epochs, batch_size=4, verbose=0, callbacks=callbacks)
    return monitor


def moved_norm() -> Any:
    """In training both units are above 0 on half of X. In inference the first is below 0, and the second 2 or -2."""
    norm = layers.BatchNormalization(momentum=1.0, epsilon=0.0, name="norm")
    model = keras.Sequential([keras.Input((2,)), norm, layers.ReLU(name="act")], name="net")
    norm.set_weights([np.ones(2), np.zeros(2), np.array([5.0, 0.0]), np.ones(2)])
    return model


def probed(monitor: Any) -> list[int]:
    """The steps of the records that hold what the probe measured."""
    return [
        record["step"] for record in monitor.records if any("probe_dead" in part for part in record["layers"].values())
    ]
