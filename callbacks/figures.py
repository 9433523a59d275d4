"""The figures of one check, computed in the graph from what the taps saw."""

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any

import tensorflow as tf

from piste.callbacks.measures import root_mean_squares, saturated_share, sums_of_squares, update_ratios
from piste.callbacks.sites import Site
from piste.callbacks.taps import Call, Taps

Key = tuple[str, str]
"""A layer's path and a figure's name; the path "" is the whole model."""

Figures = list[tuple[list[Key], Callable[[], Any]]]
"""Keys, and what computes a float32 vector with a number for each: the keys can be had without computing."""


@dataclasses.dataclass
class Seen:
    """The tensors of a step that figures are made of; the same for every level of watching.

    Args:
        loss: unscaled, float32 scalar.
        scale: the loss scale, float32 scalar, 1 where there is none.
        whole_gradient: the gradients of all trained variables, times the scale.
        gradients: (path, "kernel" or "bias") -> gradients of that layer's variables, times the scale.
        deltas: path -> the loss's derivative by the pre-activation, times the scale.
        outputs: path -> the activation's output h.
        slopes: path -> the activation's slope f'(z).
    """

    loss: Any
    scale: Any
    whole_gradient: list[Any]
    gradients: dict[Key, list[Any]]
    deltas: dict[str, Any]
    outputs: dict[str, Any]
    slopes: dict[str, Any]

    def in_order(self, places: Mapping[str, int]) -> "Seen":
        """Returns the same with all layers in the order of their places.

        TensorFlow sorts dictionaries by key on their way out of a function; records are in call order.
        """

        def ordered(values: dict[str, Any]) -> dict[str, Any]:
            return {path: values[path] for path in sorted(values, key=places.__getitem__)}

        return dataclasses.replace(
            self,
            gradients={key: self.gradients[key] for key in sorted(self.gradients, key=lambda key: places[key[0]])},
            deltas=ordered(self.deltas),
            outputs=ordered(self.outputs),
            slopes=ordered(self.slopes),
        )


def seen_by(taps: Taps, sites: list[Site]) -> Seen:
    """Sorts what the taps saw by layer."""
    if taps.loss is None:
        raise ValueError(
            "Expected a train step that takes its gradients with tf.GradientTape. Received a step that took none; "
            "remove the monitor for this model."
        )
    gradients: dict[Key, list[Any]] = {}
    for site in sites:
        for kind, variables in (("kernel", site.kernels), ("bias", site.biases)):
            found = [taps.gradients[id(variable)] for variable in variables if id(variable) in taps.gradients]
            if found:
                gradients[site.path, kind] = found
    used = [call for call in taps.calls if call.h is not None]
    slopes = {call.path: call.site.slope(call.z, call.h) for call in used if call.site.slope is not None}
    scale = tf.ones(()) if taps.scale is None else taps.scale
    return Seen(
        loss=taps.loss / scale,
        scale=scale,
        whole_gradient=list(taps.gradients.values()),
        gradients=gradients,
        deltas=_deltas(taps.calls, slopes),
        outputs={call.path: call.h for call in used},
        slopes=slopes,
    )


def _deltas(calls: list[Call], slopes: dict[str, Any]) -> dict[str, Any]:
    """Returns dL/dz under the path of the layer that made z, where that is a layer with weights."""
    makers = {id(call.z): call.path for call in calls if call.site.affine and call.h is None}
    deltas = {}
    for call in calls:
        if call.by_h is not None:
            product = tf.cast(call.by_h, "float32") * tf.cast(slopes[call.path], "float32")
            deltas[makers.get(id(call.z), call.path)] = product
        elif call.by_z is not None:
            deltas[call.path] = call.by_z
    return deltas


def gradient_figures(seen: Seen, sites: list[Site], before: dict[str, list[Any]]) -> Figures:
    """Gradient, delta and update figures of every layer, and the norm of the whole gradient.

    Args:
        seen: what the taps saw in this step.
        sites: the watched layers.
        before: path -> the layer's kernels before the step.
    """
    groups: dict[Key, list[Any]] = {(path, f"{kind}_rms"): parts for (path, kind), parts in seen.gradients.items()}
    groups |= {(path, "delta_rms"): [delta] for path, delta in seen.deltas.items()}
    updated = [site for site in sites if (site.path, "kernel") in seen.gradients]

    def ratios() -> Any:
        after = [[tf.convert_to_tensor(kernel) for kernel in site.kernels] for site in updated]
        return update_ratios([before[site.path] for site in updated], after)

    figures: Figures = []
    if groups:
        figures.append((list(groups), lambda: root_mean_squares(list(groups.values())) / seen.scale))
    if updated:
        figures.append(([(site.path, "update_ratio") for site in updated], ratios))
    if seen.whole_gradient:
        figures.append(([("", "grad_norm")], lambda: tf.sqrt(sums_of_squares([seen.whole_gradient])) / seen.scale))
    return figures


def unit_figures(seen: Seen, sites: list[Site]) -> Figures:
    """Size, mean and saturation of every activation's output in this step's batch."""
    if not seen.outputs:
        return []
    supremum = {site.path: site.supremum for site in sites}
    outputs = list(seen.outputs.values())

    def means() -> Any:
        return tf.stack([tf.reduce_mean(tf.cast(h, "float32")) for h in outputs])

    def saturated() -> Any:
        steepest = [supremum[path.split("#")[0]] for path in seen.slopes]
        return tf.stack([saturated_share(*pair) for pair in zip(seen.slopes.values(), steepest, strict=True)])

    columns: dict[str, Callable[[], Any]] = {
        "act_rms": lambda: root_mean_squares([[h] for h in outputs]),
        "act_mean": means,
        "saturated": saturated,
    }
    return [([(path, name) for path in seen.outputs], compute) for name, compute in columns.items()]
