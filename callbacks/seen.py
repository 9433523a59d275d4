"""What the taps saw of one step, sorted by layer."""

import dataclasses
from collections.abc import Mapping
from typing import Any

import tensorflow as tf

from piste.callbacks.sites import Site
from piste.callbacks.taps import Taps

Key = tuple[str, str]
"""A layer's path and a figure's name; the path "" is the whole model."""
CLIPPED: Key = ("", "clipped")


@dataclasses.dataclass
class Seen:
    """The tensors of a step that figures are made of; the same for every level of watching.

    Args:
        loss: unscaled, float32 scalar.
        scale: the loss scale, float32 scalar, 1 where there is none.
        skipped: whether the optimizer skipped this step, 0 or 1, int32 scalar.
        whole_gradient: the gradients of all trained variables, times the scale, each as the factors of a product.
        gradients: (path, "kernel" or "bias") -> the same of that layer's variables.
        signals: path -> the activation's input z where the slope is taken from it, and its output h elsewhere. An
            output such as `z * sigmoid(z)` is not read: XLA adds up a product that nobody else reads without rounding.
        by_output: (path of z's layer, path of the activation) -> the loss's derivative by h, times the scale, as the
            factors of a product.
        by_input: path -> the loss's derivative by z after the last activation, times the scale.
        clipped: whether the optimizer clipped the gradient of this update, 0 or 1, int32 scalar; None if it never does.
    """

    loss: Any
    scale: Any
    skipped: Any
    whole_gradient: list[list[Any]]
    gradients: dict[Key, list[list[Any]]]
    signals: dict[str, Any]
    by_output: dict[tuple[str, str], list[Any]]
    by_input: dict[str, Any]
    clipped: Any = None

    def in_order(self, places: Mapping[str, int]) -> "Seen":
        """Returns the same with all layers in the order of their places.

        TensorFlow sorts dictionaries by key on their way out of a function; records are in call order.
        """

        def ordered(values: dict[Any, Any]) -> dict[Any, Any]:
            by_place = sorted(values, key=lambda key: places[key[0] if isinstance(key, tuple) else key])
            return {key: values[key] for key in by_place}

        return dataclasses.replace(
            self,
            gradients=ordered(self.gradients),
            signals=ordered(self.signals),
            by_output=ordered(self.by_output),
            by_input=ordered(self.by_input),
        )


def seen_by(taps: Taps, sites: list[Site], skipped: Any) -> Seen:
    """Sorts what the taps saw by layer.

    Args:
        taps: after the step.
        sites: the watched layers.
        skipped: whether the optimizer skipped the step, 0 or 1.
    """
    taken_apart = {variable: factors(gradient) for variable, gradient in taps.gradients.items()}
    gradients: dict[Key, list[list[Any]]] = {}
    for site in sites:
        for kind, variables in (("kernel", site.kernels), ("bias", site.biases)):
            found = [taken_apart[id(variable)] for variable in variables if id(variable) in taken_apart]
            if found:
                gradients[site.path, kind] = found
    used = [call for call in taps.calls if call.h is not None]
    makers = {id(call.z): call.path for call in taps.calls if call.site.affine and call.h is None}
    last = max((place for place, call in enumerate(taps.calls) if call.by_h is not None), default=-1)
    scale = tf.ones(()) if taps.scale is None else taps.scale
    return Seen(
        loss=taps.loss / scale,
        scale=scale,
        skipped=skipped,
        whole_gradient=list(taken_apart.values()),
        gradients=gradients,
        signals={call.path: call.z if call.site.reads_input else call.h for call in used},
        by_output={
            (makers.get(id(call.z), call.path), call.path): factors(call.by_h) for call in used if call.by_h is not None
        },
        by_input={call.path: call.by_z for call in taps.calls[last + 1 :] if call.by_z is not None},
    )


def idle_biases(taps: Taps) -> set[str]:
    """Returns the paths whose bias does nothing, so that its gradient is only rounding noise."""
    return {call.path for call in taps.calls if call.site.idle_bias or id(call.z) in taps.normalised}


def factors(tensor: Any) -> list[Any]:
    """Takes a product or quotient of a graph apart.

    TensorFlow reorders a product only while it has one reader; readers of its factors do not count. The gradient of a
    batch normalisation's gamma is such a product, and so is what comes back through a dropout; what comes back through
    an average is a quotient.
    """
    if tf.is_symbolic_tensor(tensor) and tensor.op.type == "Mul":
        return [leaf for factor in tensor.op.inputs for leaf in factors(factor)]
    if tf.is_symbolic_tensor(tensor) and tensor.op.type == "RealDiv":
        divided, divisor = tensor.op.inputs
        return [*factors(divided), 1 / tf.cast(divisor, "float32")]
    return [tensor]
