"""The figures of one check, computed in the graph from what the taps saw."""

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any

import tensorflow as tf

from piste.callbacks.measures import active_items, root_mean_squares, saturated_share, sums_of_squares, update_ratios
from piste.callbacks.sites import Site
from piste.callbacks.taps import Taps

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
        inputs: path -> the activation's input z, where the slope is taken from it.
        outputs: path -> the activation's output h.
        by_output: (path of z's layer, path of the activation) -> the loss's derivative by h, times the scale.
        by_input: path -> the loss's derivative by z after the last activation, times the scale.
    """

    loss: Any
    scale: Any
    whole_gradient: list[Any]
    gradients: dict[Key, list[Any]]
    inputs: dict[str, Any]
    outputs: dict[str, Any]
    by_output: dict[tuple[str, str], Any]
    by_input: dict[str, Any]

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
            outputs=ordered(self.outputs),
            by_output=ordered(self.by_output),
            by_input=ordered(self.by_input),
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
    makers = {id(call.z): call.path for call in taps.calls if call.site.affine and call.h is None}
    scale = tf.ones(()) if taps.scale is None else taps.scale
    return Seen(
        loss=taps.loss / scale,
        scale=scale,
        whole_gradient=list(taps.gradients.values()),
        gradients=gradients,
        inputs={call.path: call.z for call in used if call.site.reads_input},
        outputs={call.path: call.h for call in used},
        by_output={(makers.get(id(call.z), call.path), call.path): call.by_h for call in used if call.by_h is not None},
        by_input={call.path: call.by_z for call in taps.calls if call.by_z is not None},
    )


def slopes_of(seen: Seen, sites: list[Site]) -> dict[str, Any]:
    """Returns path -> the activation's slope f'(z) at every entry."""
    slope = {site.path: site.slope for site in sites if site.slope is not None}
    return {path: slope[path.split("#")[0]](seen.inputs.get(path), h) for path, h in seen.outputs.items()}


def active_counts(seen: Seen, sites: list[Site]) -> Any:
    """Counts for every unit the batch items on which it is active, float32 of shape (all units,)."""
    site_at = {site.path: site for site in sites}
    counts = []
    for path, h in seen.outputs.items():
        site = site_at[path.split("#")[0]]
        assert site.slope is not None
        positions = list(range(1, h.shape.rank - 1))
        if site.rises and positions:  # active anywhere is active at the largest output, and one pass finds that
            h = tf.reduce_max(h, axis=positions)
        counts.append(active_items(site.slope(seen.inputs.get(path), h)))
    return tf.concat(counts, axis=0) if counts else tf.zeros(0)


def gradient_figures(seen: Seen, sites: list[Site], before: dict[str, list[Any]]) -> Figures:
    """Gradient, delta and update figures of every layer, and the norm of the whole gradient.

    Args:
        seen: what the taps saw in this step.
        sites: the watched layers.
        before: path -> the layer's kernels before the step.
    """
    groups: dict[Key, list[Any]] = {(path, f"{kind}_rms"): parts for (path, kind), parts in seen.gradients.items()}
    hidden = [(maker, "delta_rms") for maker, _ in seen.by_output]
    groups |= {(path, "delta_rms"): [derivative] for path, derivative in seen.by_input.items()}

    def hidden_deltas() -> Any:
        slopes = slopes_of(seen, sites)
        pairs = [(by_h, slopes[path]) for (_, path), by_h in seen.by_output.items()]
        products = [tf.cast(by_h, "float32") * tf.cast(slope, "float32") for by_h, slope in pairs]
        return root_mean_squares([[product] for product in products]) / seen.scale

    updated = [site for site in sites if (site.path, "kernel") in seen.gradients]

    def ratios() -> Any:
        after = [[tf.convert_to_tensor(kernel) for kernel in site.kernels] for site in updated]
        return update_ratios([before[site.path] for site in updated], after)

    figures: Figures = []
    if groups:
        figures.append((list(groups), lambda: root_mean_squares(list(groups.values())) / seen.scale))
    if hidden:
        figures.append((hidden, hidden_deltas))
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
        slopes = slopes_of(seen, sites)
        return tf.stack([saturated_share(slope, supremum[path.split("#")[0]]) for path, slope in slopes.items()])

    columns: dict[str, Callable[[], Any]] = {
        "act_rms": lambda: root_mean_squares([[h] for h in outputs]),
        "act_mean": means,
        "saturated": saturated,
    }
    return [([(path, name) for path in seen.outputs], compute) for name, compute in columns.items()]
