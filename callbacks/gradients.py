"""What is measured of a step's gradients: sizes by layer, deltas by depth, updates, and whether it was clipped."""

from collections.abc import Callable
from typing import Any

import tensorflow as tf

from piste.callbacks.activity import Activity
from piste.callbacks.measures import common_shares, product, root_mean_squares, sums_of_squares, update_ratios
from piste.callbacks.seen import CLIPPED, Key
from piste.callbacks.sites import Site

Figures = list[tuple[list[Key], Callable[[], Any]]]
"""Keys, and what computes a float32 vector with a number for each: the keys can be had without computing."""


def gradient_figures(activity: Activity, before: dict[str, list[Any]]) -> Figures:
    """Gradient, delta and update figures of every layer, and the norm of the whole gradient.

    Args:
        activity: what the taps saw in this step.
        before: path -> the layer's kernels before the step.
    """
    seen, sites = activity.seen, activity.sites
    groups: dict[Key, list[Any]] = {(path, f"{kind}_rms"): parts for (path, kind), parts in seen.gradients.items()}
    hidden = [(maker, "delta_rms") for maker, _ in seen.by_output]
    groups |= {(path, "delta_rms"): [[derivative]] for path, derivative in seen.by_input.items()}

    def hidden_deltas() -> Any:
        pairs = [(product(by_h), activity.slopes[path]) for (_, path), by_h in seen.by_output.items()]
        return (
            root_mean_squares([[tf.cast(by_h, "float32") * tf.cast(slope, "float32")] for by_h, slope in pairs])
            / seen.scale
        )

    updated = [site for site in sites if (site.path, "kernel") in seen.gradients]

    def ratios() -> Any:
        after = [[tf.convert_to_tensor(kernel) for kernel in site.kernels] for site in updated]
        return update_ratios([before[site.path] for site in updated], after)

    def sizes() -> Any:
        return root_mean_squares([[product(part) for part in parts] for parts in groups.values()]) / seen.scale

    def norm() -> Any:
        return tf.sqrt(sums_of_squares([[product(parts) for parts in seen.whole_gradient]])) / seen.scale

    wide = {site.path: kernel for site in updated if (kernel := _first_wide(site)) is not None}
    figures: Figures = []
    if groups:
        figures.append((list(groups), sizes))
    if hidden:
        figures.append((hidden, hidden_deltas))
    if updated:
        figures.append(([(site.path, "update_ratio") for site in updated], ratios))
        if wide:
            names = [(path, "alike") for path in wide]
            figures.append(
                (names, lambda: common_shares([(before[path][place], units) for path, (place, units) in wide.items()]))
            )
    if seen.whole_gradient:
        figures.append(([("", "grad_norm")], norm))
    if seen.clipped is not None:
        figures.append(([CLIPPED], lambda: tf.cast(seen.clipped, "float32")[tf.newaxis]))
    return figures


def _first_wide(site: Site) -> tuple[int, int] | None:
    """Returns the place of the first kernel with several units, which is what can be alike, and their number."""
    for place, kernel in enumerate(site.kernels):
        last, declared = kernel.shape[-1], getattr(site.layer, "units", None)
        # The kernel of an LSTM has a block of columns for each gate, and only units of one gate can be alike.
        units = declared if isinstance(declared, int) and last % declared == 0 else last
        if units > 1:
            return place, units
    return None
