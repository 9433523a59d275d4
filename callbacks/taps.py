"""Reads the loss, the gradients and the activations of a train step while TensorFlow traces it.

Nothing is added to the forward pass: the tape is asked for a few more derivatives than the step asks for, and
layers remember the tensors that went through them. All patches last as long as the trace.
"""

import contextlib
import dataclasses
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import tensorflow as tf

from piste.callbacks.optimizers import accumulated, accumulation, built_for, loss_scale
from piste.callbacks.patches import wrapped_here
from piste.callbacks.sites import Site

NO_TAPE = (
    "The train step of the model {} takes no gradients with tf.GradientTape, as when nothing in it can be trained. "
    "Training goes on, and no gradients are measured."
)
NO_LOSS = (
    "Expected a train step that takes its gradients with tf.GradientTape, or its loss with compute_loss. Received one "
    "of the model {} that does neither; remove the monitor for this model."
)


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
        normalised: ids of the tensors that went into a normalisation by the batch.
        gradients: id of a variable -> its gradient before clipping, of all replicas; where gradients are accumulated,
            the average that would be applied now.
        loss: what the step differentiated, of all replicas; None until it has asked for gradients.
        computed: what the model's `compute_loss` returned, for a step that differentiates nothing.
        scale: the factor in loss, gradients and deltas that loss scaling put there, or None.
    """

    calls: list[Call] = dataclasses.field(default_factory=list)
    normalised: set[int] = dataclasses.field(default_factory=set)
    gradients: dict[int, Any] = dataclasses.field(default_factory=dict)
    loss: Any = None
    computed: Any = None
    scale: Any = None


def run_tapped(model: Any, sites: list[Site], step: Callable[[Any], Any], data: Any) -> tuple[Any, Taps]:
    """Runs `step(data)` and returns its result with everything the taps saw.

    Args:
        model: the Keras model that `step` trains.
        sites: the layers to read, from `find_sites`.
        step: usually `model.train_step`.
        data: what the step takes.

    Raises:
        ValueError: if the step had no loss that could be seen.
    """
    taps, graph = Taps(), _graph_here()
    with _sites_tapped(sites, taps, graph) as patches:
        taps.scale = loss_scale(model.optimizer)
        _tap_loss(patches, model, taps, graph)
        _tap_tape(patches, taps)
        _tap_optimizer(patches, model.optimizer, taps)
        logs = step(data)
    if taps.loss is None:
        taps.loss = _undifferentiated(model, taps)
    return logs, taps


def calls_tapped(sites: list[Site], forward: Callable[[Any], Any], data: Any) -> list[Call]:
    """Runs `forward(data)`, which takes no gradients, and returns the calls of the layers in it.

    Args:
        sites: the layers to read, from `find_sites`.
        forward: calls the model.
        data: what it takes.
    """
    taps = Taps()
    with _sites_tapped(sites, taps, _graph_here()):
        forward(data)
    return taps.calls


@contextlib.contextmanager
def _sites_tapped(sites: list[Site], taps: Taps, graph: Any) -> Iterator[contextlib.ExitStack]:
    """Taps all layers, and yields the stack that further patches go on."""
    with contextlib.ExitStack() as patches:
        for site in sites:
            _tap_site(patches, site, taps, graph)
        yield patches


def _graph_here() -> Any:
    return None if tf.executing_eagerly() else tf.compat.v1.get_default_graph()


def _tap_site(patches: contextlib.ExitStack, site: Site, taps: Taps, graph: Any) -> None:
    def tap_activation(activation: Any) -> Any:
        def tapped(z: Any, *args: Any, **kwargs: Any) -> Any:
            h = activation(z, *args, **kwargs)
            _remember(taps, site, z, h if site.slope else None, graph)
            return h

        return tapped

    def tap_call(call: Any) -> Any:
        def tapped(*args: Any, **kwargs: Any) -> Any:
            out = call(*args, **kwargs)
            given = args[0] if args else next(iter(kwargs.values()))
            if site.normalises:
                taps.normalised.add(id(given))
            if site.activation is not None:
                _remember(taps, site, given, out, graph)
            else:
                _remember(taps, site, out if site.affine else None, None, graph)
            return out

        return tapped

    if site.inner_activation:
        patches.enter_context(wrapped_here(site.layer, "activation", tap_activation))
    else:
        patches.enter_context(wrapped_here(site.layer, "call", tap_call))


def _remember(taps: Taps, site: Site, z: Any, h: Any, graph: Any) -> None:
    """Keeps tensors of this graph only: those of an inner loop or a recomputation cannot be read outside it."""
    for tensor in (z, h):
        if tensor is not None and (not tf.is_tensor(tensor) or _graph_of(tensor) is not graph):
            return
    uses = sum(call.site is site for call in taps.calls)
    taps.calls.append(Call(site.path if not uses else f"{site.path}#{uses + 1}", site, z, h))


def _graph_of(tensor: Any) -> Any:
    return None if isinstance(tensor, tf.__internal__.EagerTensor) else tensor.graph


def _tap_loss(patches: contextlib.ExitStack, model: Any, taps: Taps, graph: Any) -> None:
    def tap(compute_loss: Any) -> Any:
        def tapped(*args: Any, **kwargs: Any) -> Any:
            loss = compute_loss(*args, **kwargs)
            if tf.is_tensor(loss) and _graph_of(loss) is graph:
                taps.computed = loss
            return loss

        return tapped

    patches.enter_context(wrapped_here(model, "compute_loss", tap))


def _undifferentiated(model: Any, taps: Taps) -> Any:
    """Returns the loss of a step that took no gradients, times the scale like one that was differentiated."""
    if taps.computed is None:
        raise ValueError(NO_LOSS.format(model.name))
    warnings.warn(NO_TAPE.format(model.name), stacklevel=2)
    loss = tf.reduce_sum(tf.cast(taps.computed, "float32"))
    (loss,) = _of_all_replicas([loss if taps.scale is None else loss * taps.scale])
    return loss


def _tap_tape(patches: contextlib.ExitStack, taps: Taps) -> None:
    def tap(original: Any) -> Any:
        def gradient(tape: Any, target: Any, sources: Any, *args: Any, **kwargs: Any) -> Any:
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

        return gradient

    patches.enter_context(wrapped_here(tf.GradientTape, "gradient", tap))


def _heads(calls: list[Call]) -> list[Call]:
    """The layers with weights after the last activation that the loss depends on.

    Only there is dL/dz read as it is. Elsewhere it is dL/dh times f'(z), and reading that product could keep XLA
    from fusing it into a sum, which would change the rounding of a gradient. Nothing is fused in an eager step, which
    does not know either what the loss depends on: there all are asked for.
    """
    last = max((place for place, call in enumerate(calls) if call.h is not None and _is_used(call.h)), default=-1)
    return [call for call in calls[last + 1 :] if call.site.affine and call.z is not None]


def _is_used(tensor: Any) -> bool:
    """Whether a graph goes on from a tensor: Keras computes some losses from a sigmoid's input, and not its output."""
    return tf.is_symbolic_tensor(tensor) and bool(tensor.consumers())


def _tap_optimizer(patches: contextlib.ExitStack, optimizer: Any, taps: Taps) -> None:
    def tap(apply: Any) -> Any:
        def tapped(grads: Any, trainable_variables: Any = None) -> Any:
            grads = list(grads)
            if taps.loss is None:
                return apply(grads, trainable_variables)
            variables = list(trainable_variables or built_for(optimizer))
            pairs = [pair for pair in zip(grads, variables, strict=True) if pair[0] is not None]
            taps.loss, *gradients = _of_all_replicas([taps.loss, *(gradient for gradient, _ in pairs)])
            for gradient, (_, variable) in zip(gradients, pairs, strict=True):
                taps.gradients[id(variable)] = _averaged(gradient, variable, optimizer, taps.scale)
            return apply(grads, trainable_variables and variables)

        return tapped

    patches.enter_context(wrapped_here(optimizer, "apply", tap))


def _of_all_replicas(gradients: list[Any]) -> list[Any]:
    """Sums the gradients of all replicas; every replica must take part."""
    context = tf.distribute.get_replica_context()
    if context is None or context.num_replicas_in_sync == 1:
        return gradients
    return list(context.all_reduce(tf.distribute.ReduceOp.SUM, gradients))


def _averaged(gradient: Any, variable: Any, optimizer: Any, scale: Any) -> Any:
    """Returns the average of a gradient and those accumulated before it."""
    count = accumulation(optimizer)
    if count == 1:
        return gradient
    before = accumulated(optimizer, variable)
    before = before if scale is None else before * tf.cast(scale, before.dtype)
    return (gradient + before) / count
