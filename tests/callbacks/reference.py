"""One watched step, and what a gradient tape of one's own says that its record must hold."""

from collections.abc import Callable, Collection, Mapping
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from piste.callbacks import HealthMonitor
from piste.pipelines.data.dataset import Arrays
from piste.pipelines.loop.fit import fit

Tensors = dict[str, Any]
Forward = Callable[[], tuple[Any, Tensors, Tensors]]
"""Gives the loss, path -> z, and path -> h."""
Figures = dict[tuple[str, str], float]
"""(path, figure) -> number; the path "" is the whole model."""
Weights = dict[tuple[str, str], list[np.ndarray]]
"""(path, figure of their gradient) -> values."""
PARTS = {
    "kernel_rms": ("kernel", "recurrent_kernel", "embeddings", "depthwise_kernel", "pointwise_kernel"),
    "bias_rms": ("bias", "beta"),
}
WHOLE = ("loss", "loss_max", "grad_norm")
OF_A_LAYER = (*PARTS, "delta_rms", "update_ratio", "act_rms", "act_mean")


def rms(*arrays: Any) -> float:
    flat = np.concatenate([np.ravel(np.asarray(array, "float64")) for array in arrays])
    return float(np.sqrt(np.mean(flat**2)))


def norm(*arrays: Any) -> float:
    return float(np.sqrt(sum(np.sum(np.square(np.asarray(array, "float64"))) for array in arrays)))


class AfterTheStep(keras.callbacks.Callback):
    """Calls a function after every step: at the end of `fit` some optimizers change the weights once more."""

    def __init__(self, look: Callable[[], None]) -> None:
        super().__init__()
        self.look = look

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        self.look()


def one_step(
    model: Any, x: Any, y: Any, mode: str = "plain", after: Callable[[], None] = lambda: None, **arguments: Any
) -> dict[str, Any]:
    """The record of one step over the whole data."""
    watch = HealthMonitor(every=1)
    callbacks = [watch, AfterTheStep(after)]
    size = len(keras.tree.flatten(x)[0])
    if mode == "plain":
        model.fit(x, y, batch_size=size, shuffle=False, verbose=0, callbacks=callbacks, **arguments)
    else:
        fit(model, Arrays(x, y), epochs=1, batch_size=size, shuffle=False, mode=mode, callbacks=callbacks)
    assert len(watch.records) == 1
    record: dict[str, Any] = watch.records[0]
    return record


def through(
    model: Any, x: Any, loss: Callable[..., Any], deltas: Mapping[str, str], outputs: Collection[str] = ()
) -> Forward:
    """The forward pass of a functional model.

    Args:
        model: whose layers' outputs can be had by name.
        x: the whole data.
        loss: of the model's outputs.
        deltas: path -> name of the layer that puts out z.
        outputs: names of the activation layers.
    """
    between = [model.get_layer(name).output for name in (*deltas.values(), *outputs)]
    probe = keras.Model(model.input, [*between, *model.outputs])

    def forward() -> tuple[Any, Tensors, Tensors]:
        found = probe(x, training=True)
        named, ends = found[: len(between)], found[len(between) :]
        z, h = named[: len(deltas)], named[len(deltas) :]
        return loss(*ends), dict(zip(deltas, z, strict=True)), dict(zip(outputs, h, strict=True))

    return forward


def tape_figures(model: Any, forward: Forward, layers: Mapping[str, Any]) -> Figures:
    """What the tape says.

    Args:
        model: whose weights are differentiated by.
        forward: the forward pass.
        layers: path -> layer with weights.
    """
    with tf.GradientTape(persistent=True) as tape:
        loss, before_activation, after_activation = forward()
    variables = model.trainable_variables
    found = zip(variables, tape.gradient(loss, variables), strict=True)
    gradients = {id(variable): _dense(part) for variable, part in found if part is not None}
    value, size = float(loss), norm(*gradients.values())
    figures: Figures = dict(zip([("", name) for name in WHOLE], (value, value, size), strict=True))
    for path, z in before_activation.items():
        figures[path, "delta_rms"] = rms(_dense(tape.gradient(loss, z)))
    for path, h in after_activation.items():
        figures[path, "act_rms"] = rms(_dense(h))
        figures[path, "act_mean"] = float(np.mean(_dense(h)))
    for path, layer in layers.items():
        for figure, names in PARTS.items():
            parts = [gradients[id(v)] for v in layer.trainable_variables if v.name in names and id(v) in gradients]
            if parts:
                figures[path, figure] = rms(*parts)
    return figures


def _dense(gradient: Any) -> np.ndarray:
    return np.asarray(tf.cast(tf.convert_to_tensor(gradient), "float32"), "float64")


def compare(record: Mapping[str, Any], expected: Figures, rtol: float = 1e-5) -> None:
    """Fails at a figure that differs, and at one that only one side has."""
    found: Figures = {("", name): record[name] for name in WHOLE}
    for path, part in record["layers"].items():
        found |= {(path, name): part[name] for name in OF_A_LAYER if name in part}
    assert set(found) == set(expected), set(found) ^ set(expected)
    noise = {(path, "bias_rms") for path, part in record["layers"].items() if "bias_idle" in part}
    for path, figure in sorted(set(expected) - noise):
        number = expected[path, figure]
        least = rtol * expected[path, "act_rms"] if figure == "act_mean" else 1e-9
        assert found[path, figure] == pytest.approx(number, rel=rtol, abs=least), f"{path} {figure}"


def check(
    model: Any,
    forward: Forward,
    x: Any,
    y: Any,
    mode: str = "plain",
    *,
    layers: Mapping[str, Any] | None = None,
    idle: Collection[str] = (),
    rtol: float = 1e-5,
    rate: float | None = None,
    **arguments: Any,
) -> dict[str, Any]:
    """Compares loss, gradients, deltas, updates and outputs of one step; returns the record for what is left.

    `layers` is path -> layer with weights, by default the model's own by name; the biases of `idle` do nothing, so that
    their gradient is noise. `rate` is that of a plain SGD, if the gradients of biases are to be taken from what it
    changed and not from the tape; `arguments` are for `fit`.
    """
    by_name = {layer.name: layer for layer in model.layers if layer.trainable_variables}
    places = by_name if layers is None else layers
    expected = tape_figures(model, forward, places)
    before, after = _weights(places), Weights()
    record = one_step(model, x, y, mode, lambda: after.update(_weights(places)), **arguments)
    for (path, part), weights in before.items():
        changes = [new - old for new, old in zip(after[path, part], weights, strict=True)]
        if part == "kernel_rms":
            expected[path, "update_ratio"] = norm(*changes) / norm(*weights)
        elif rate is not None:
            expected[path, part] = rms(*changes) / rate
    assert {path for path, part in record["layers"].items() if part.get("bias_idle")} == set(idle)
    compare(record, expected, rtol)
    return record


def _weights(layers: Mapping[str, Any]) -> Weights:
    """Values of the kernels and biases, where there are any."""
    found = {
        (path, part): [_dense(v) for v in layer.trainable_variables if v.name in names]
        for path, layer in layers.items()
        for part, names in PARTS.items()
    }
    return {place: values for place, values in found.items() if values}
