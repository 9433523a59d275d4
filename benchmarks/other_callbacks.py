"""What people watch gradients and units with otherwise, for the table of benchmarks.monitors."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf

SAMPLES = 1_000


class GradientsAtEpochEnd(keras.callbacks.Callback):
    """Norms of all gradients on some samples, by a tape of its own, at each epoch's end."""

    def __init__(self, x: Any, y: Any) -> None:
        super().__init__()
        self.norms: list[list[float]] = []
        self._x, self._y = x[:SAMPLES], y[:SAMPLES]

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Computes them."""
        with tf.GradientTape() as tape:
            loss = self.model.compute_loss(y=self._y, y_pred=self.model(self._x, training=True))
        gradients = tape.gradient(loss, [variable.value for variable in self.model.trainable_variables])
        self.norms.append([float(tf.norm(gradient)) for gradient in gradients])


class DeadByPrediction(keras.callbacks.Callback):
    """Units that are never above 0 on the training set, counted by predicting it at each epoch's end."""

    def __init__(self, x: Any) -> None:
        super().__init__()
        self.dead: list[list[int]] = []
        self._x = x

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Counts them."""
        active = (keras.layers.Dense, keras.layers.Conv2D, keras.layers.Activation)
        outputs = [layer.output for layer in self.model.layers if isinstance(layer, active)]
        predicted = keras.Model(self.model.inputs, outputs).predict(self._x, batch_size=256, verbose=0)
        counts = [int(np.sum(~(h > 0).reshape(-1, h.shape[-1]).any(axis=0))) for h in predicted]
        self.dead.append(counts)


def other_callbacks(x: Any, y: Any, folder: Path) -> dict[str, Callable[[], keras.callbacks.Callback]]:
    """Returns name -> what makes the callback.

    Args:
        x: training inputs.
        y: training targets.
        folder: where TensorBoard writes.
    """
    return {
        "tape at epoch's end": lambda: GradientsAtEpochEnd(x, y),
        "TensorBoard(histogram_freq=1)": lambda: keras.callbacks.TensorBoard(folder, histogram_freq=1),
        "dead ReLUs by predict": lambda: DeadByPrediction(x),
    }
