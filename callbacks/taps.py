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
    """One use of a layer.

    Args:
        path: of the layer, with "#2" for its second use.
        site: the layer.
        z: the tensor before its activation; the output of a layer that has none.
        h: the tensor after an activation whose slope is known; None elsewhere.
        by_h: the loss's derivative by `h`.
        by_z: the loss's derivative by `z`, for the layers after the last activation.
    """

    path: str
    site: Site
    z: Any
    h: Any
    by_h: Any = None
    by_z: Any = None


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
            _remember(taps, site, z, h if site.slope else None, graph)
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
        hidden = [call for call in taps.calls if call.h is not None]
        heads = _heads(taps.calls)
        wanted = [sources, [call.h for call in hidden], [call.z for call in heads]]
        found, by_h, by_z = original(tape, target, wanted, *args, **kwargs)
        for call, derivative in zip(hidden, by_h, strict=True):
            call.by_h = call.by_h if derivative is None else derivative
        for call, derivative in zip(heads, by_z, strict=True):
            call.by_z = call.by_z if derivative is None else derivative
        if any(part is not None for part in tf.nest.flatten(found)):
            taps.loss = tf.reduce_sum(tf.cast(target, "float32"))
        return found

    patches.enter_context(mock.patch.object(tf.GradientTape, "gradient", gradient))


def _heads(calls: list[Call]) -> list[Call]:
    """The layers with weights after the last activation.

    Only there is dL/dz read as it is. Elsewhere it is dL/dh times f'(z), and reading that product could keep XLA
    from fusing it into a sum, which would change the rounding of a gradient.
    """
    last = max((place for place, call in enumerate(calls) if call.h is not None), default=-1)
    return [call for call in calls[last + 1 :] if call.site.affine and call.z is not None]


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
