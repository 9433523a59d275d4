"""What other tools look at: one batch, run through model and tape again between two steps of the training."""

from typing import Any

import keras
import numpy as np
import tensorflow as tf

from benchmarks.diagnosis.rivals import INSIDE, Look
from piste.callbacks import HealthMonitor
from piste.callbacks.records import plain_number
from piste.callbacks.sites import find_sites
from piste.callbacks.taps import Call, run_tapped

EARLY = (1, 4, 16, 50)


class Probe(keras.callbacks.Callback):
    """Summarises the first batch's gradients and activations after steps 1, 4, 16, 50, 100, 200, 300, ...

    Dropout's seeds and the averages of batch normalisation are put back, so training goes on as if nobody had looked.

    Args:
        health: the monitor beside it, which has measured the update of the same step.
        x: the inputs of the batch.
        y: its targets.
    """

    def __init__(self, health: HealthMonitor, x: np.ndarray, y: np.ndarray) -> None:
        super().__init__()
        self._health, self._x, self._y = health, x, y
        self._step = 0
        self._accuracy: float | None = None
        self.looks: list[Look] = []

    def on_train_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        """Looks, where it is time to."""
        self._step += 1
        if self._step in EARLY or self._step % 100 == 0:
            self.looks.append(self._look())

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Notes the best accuracy so far, by which AutoTrainer decides whether to judge at all."""
        accuracy = (logs or {}).get("accuracy")
        if accuracy is not None:
            self._accuracy = max(accuracy, self._accuracy or 0.0)

    def _look(self) -> Look:
        model = self.model
        state = [np.array(variable) for variable in model.non_trainable_variables]
        (loss, gradients), taps = run_tapped(model, find_sites(model)[0], self._step_without_update, None)
        for variable, value in zip(model.non_trainable_variables, state, strict=True):
            variable.assign(value)
        pairs = zip(model.trainable_variables, gradients, strict=True)
        found = [(variable, _numbers(gradient)) for variable, gradient in pairs if gradient is not None]
        outputs = [call for call in taps.calls if call.h is not None]
        weights = [_numbers(variable) for variable in model.trainable_variables]
        arrays = [gradient for _, gradient in found] + [_numbers(call.h) for call in outputs] + weights
        latest = self._health.records[-1]
        measured = latest["layers"].values() if latest["step"] == self._step else ()
        return {
            "step": self._step,
            "loss": plain_number(float(loss)),
            "accuracy": self._accuracy,
            "finite": all(bool(np.isfinite(array).all()) for array in arrays),
            "gradients": [_gradient(len(variable.shape), gradient) for variable, gradient in found],
            "activations": [_activation(call) for call in outputs],
            "update_ratios": [part["update_ratio"] for part in measured if "update_ratio" in part],
        }

    def _step_without_update(self, _: Any) -> tuple[Any, list[Any]]:
        with tf.GradientTape() as tape:
            out = self.model(self._x, training=True)
            loss = self.model.compute_loss(self._x, self._y, out, training=True)
        return loss, tape.gradient(loss, self.model.trainable_variables)


def _numbers(tensor: Any) -> np.ndarray:
    return np.asarray(tf.cast(tf.convert_to_tensor(tensor), "float32")).astype("float64")


def _gradient(rank: int, gradient: np.ndarray) -> dict[str, Any]:
    return {
        "rank": rank,
        "norm": plain_number(float(np.sqrt(np.sum(gradient**2)))),
        "mean_abs": plain_number(float(np.mean(np.abs(gradient)))),
        "zeros": int(np.count_nonzero(gradient == 0)),
        "size": gradient.size,
    }


def _activation(call: Call) -> dict[str, Any]:
    h = _numbers(call.h)
    h, z = h.reshape(-1, h.shape[-1]), _numbers(call.z).reshape(-1, h.shape[-1])
    low, high = INSIDE.get(str(call.site.activation), (-np.inf, np.inf))
    return {
        "name": call.site.activation,
        "nonpositive": float(np.mean(h <= 0)),
        "inactive_units": float(np.mean(np.mean(h > 0, axis=0) < 0.01)),
        "outside_units": float(np.mean(np.mean((z >= low) & (z <= high), axis=0) < 0.01)),
        "beyond_5": float(np.mean(np.abs(z) > 5)),
    }
