"""Reads the loss, the gradients and the activations of a train step while TensorFlow traces it.

Nothing is added to the forward pass: the tape is asked for a few more derivatives than the step asks for, and
layers remember the tensors that went through them. All patches live on instances and last as long as the trace.
"""

import contextlib
import dataclasses
import threading
from collections.abc import Callable, Iterator
from typing import Any
from unittest import mock

import tensorflow as tf

from piste.callbacks.sites import Site


@dataclasses.dataclass
class Call:
    """One use of a layer: `z` before and `h` after its activation, `delta` the loss's derivative by `z`."""

    path: str
    site: Site
    z: Any = None
    h: Any = None
    delta: Any = None


@dataclasses.dataclass
class Taps:
    """What one train step computed.

    Args:
        calls: one entry a layer call, in call order.
        gradients: id of a variable -> its gradient as the optimizer receives it.
        loss: what the step differentiated; None until it has asked for gradients.
        scale: the factor in loss, gradients and deltas that loss scaling put there, or None.
    """

    calls: list[Call] = dataclasses.field(default_factory=list)
    gradients: dict[int, Any] = dataclasses.field(default_factory=dict)
    loss: Any = None
    scale: Any = None


def loss_scale(optimizer: Any) -> Any:
    """Returns the factor by which the optimizer scales the loss, a float32 scalar, or None if it does not."""
    factor = getattr(optimizer, "dynamic_scale", None)
    factor = optimizer.loss_scale_factor if factor is None else factor
    return None if factor is None else tf.cast(tf.convert_to_tensor(factor), "float32")


def run_tapped(model: Any, sites: list[Site], step: Callable[[Any], Any], data: Any) -> tuple[Any, Taps]:
    """Runs `step(data)` and returns its result with everything the taps saw.

    Args:
        model: the Keras model that `step` trains.
        sites: the layers to read, from `find_sites`.
        step: usually `model.train_step`.
        data: what the step takes.
    """
    taps = Taps()
    graph = tf.compat.v1.get_default_graph() if not tf.executing_eagerly() else None
    with contextlib.ExitStack() as patches:
        for site in sites:
            _tap_site(patches, site, taps, graph)
        taps.scale = loss_scale(model.optimizer)
        _tap_tape(patches, taps)
        _tap_optimizer(patches, model.optimizer, taps)
        return step(data), taps


@contextlib.contextmanager
def replaced(instance: Any, name: str, value: Any) -> Iterator[None]:
    """Sets an instance's attribute past Keras's attribute tracking, and puts the old state back."""
    attributes = vars(instance)
    missing = object()
    before = attributes.get(name, missing)
    attributes[name] = value
    try:
        yield
    finally:
        if before is missing:
            del attributes[name]
        else:
            attributes[name] = before


def _tap_site(patches: contextlib.ExitStack, site: Site, taps: Taps, graph: Any) -> None:
    layer = site.layer
    if site.inner_activation:
        activation, call = layer.activation, layer.call

        def tapped_activation(z: Any, *args: Any, **kwargs: Any) -> Any:
            h = activation(z, *args, **kwargs)
            _remember(taps, site, z, h, graph)
            return h

        patches.enter_context(replaced(layer, "activation", tapped_activation))
        return
    call = layer.call

    def tapped_call(*args: Any, **kwargs: Any) -> Any:
        out = call(*args, **kwargs)
        if site.activation is not None:
            _remember(taps, site, args[0] if args else next(iter(kwargs.values())), out, graph)
        else:
            _remember(taps, site, out if site.affine else None, None, graph)
        return out

    patches.enter_context(replaced(layer, "call", tapped_call))


def _remember(taps: Taps, site: Site, z: Any, h: Any, graph: Any) -> None:
    """Keeps tensors of this graph only: those of an inner loop or a recomputation cannot be read outside it."""
    for tensor in (z, h):
        if tensor is not None and (not tf.is_tensor(tensor) or _graph_of(tensor) is not graph):
            return
    uses = sum(call.site is site for call in taps.calls)
    taps.calls.append(Call(site.path if not uses else f"{site.path}#{uses + 1}", site, z, h))


def _graph_of(tensor: Any) -> Any:
    return None if isinstance(tensor, tf.__internal__.EagerTensor) else tensor.graph


def _tap_tape(patches: contextlib.ExitStack, taps: Taps) -> None:
    original = tf.GradientTape.gradient
    thread = threading.get_ident()

    def gradient(tape: Any, target: Any, sources: Any, *args: Any, **kwargs: Any) -> Any:
        if threading.get_ident() != thread:
            return original(tape, target, sources, *args, **kwargs)
        calls = [call for call in taps.calls if call.z is not None and call.site.affine]
        found, deltas = original(tape, target, [sources, [call.z for call in calls]], *args, **kwargs)
        for call, delta in zip(calls, deltas, strict=True):
            call.delta = call.delta if delta is None else delta
        if any(part is not None for part in tf.nest.flatten(found)):
            taps.loss = tf.reduce_sum(tf.cast(target, "float32"))
        return found

    patches.enter_context(mock.patch.object(tf.GradientTape, "gradient", gradient))


def _tap_optimizer(patches: contextlib.ExitStack, optimizer: Any, taps: Taps) -> None:
    apply = optimizer.apply

    def tapped_apply(grads: Any, trainable_variables: Any = None) -> Any:
        grads = list(grads)
        if trainable_variables is None:
            return apply(grads)
        variables = list(trainable_variables)
        for gradient, variable in zip(grads, variables, strict=True):
            if gradient is not None:
                taps.gradients[id(variable)] = gradient
        return apply(grads, variables)

    patches.enter_context(replaced(optimizer, "apply", tapped_apply))
