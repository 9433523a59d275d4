"""What is measured for single units, and for the outputs of whole activations."""

from collections.abc import Callable
from typing import Any

import tensorflow as tf

from piste.callbacks.gradients import Figures, slopes_of
from piste.callbacks.measures import active_items, root_mean_squares, saturated_share, unit_means, unit_peaks
from piste.callbacks.seen import Seen
from piste.callbacks.sites import Site

SAMPLED = ("size", "positive", "steepest")
"""What checks sample of every unit: mean |h|, share of entries with h > 0, largest |f'|."""


def active_counts(seen: Seen, sites: list[Site]) -> Any:
    """Counts for every unit the batch items on which it is active, float32 of shape (all units,)."""
    site_at = {site.path: site for site in sites}
    counts = []
    for path, signal in seen.signals.items():
        site = site_at[path.split("#")[0]]
        positions = list(range(1, signal.shape.rank - 1))
        if site.rises and positions:  # active anywhere is active at the largest output, and one pass finds that
            signal = tf.reduce_max(signal, axis=positions)
        counts.append(active_items(site.slope_at(signal)))
    return tf.concat(counts, axis=0) if counts else tf.zeros(0)


def outputs_of(seen: Seen, sites: list[Site]) -> dict[str, Any]:
    """Returns path -> the activation's output h, computed again from z where that is what was read."""
    site_at = {site.path: site for site in sites}
    return {path: site_at[path.split("#")[0]].output_at(signal) for path, signal in seen.signals.items()}


def unit_samples(seen: Seen, sites: list[Site]) -> Any:
    """Measures for every unit what `SAMPLED` names, in this step's batch.

    Returns:
        Float32 of shape (3, all units).
    """
    outputs = [tf.cast(h, "float32") for h in outputs_of(seen, sites).values()]
    slopes = slopes_of(seen, sites).values()
    rows = [
        [unit_means(tf.abs(h)) for h in outputs],
        [unit_means(tf.cast(h > 0, "float32")) for h in outputs],
        [unit_peaks(tf.abs(tf.cast(slope, "float32"))) for slope in slopes],
    ]
    return tf.stack([tf.concat(row, axis=0) for row in rows])


def unit_figures(seen: Seen, sites: list[Site]) -> Figures:
    """Size, mean and saturation of every activation's output in this step's batch."""
    if not seen.signals:
        return []
    supremum = {site.path: site.supremum for site in sites}

    def sizes() -> Any:
        return root_mean_squares([[h] for h in outputs_of(seen, sites).values()])

    def means() -> Any:
        return tf.stack([tf.reduce_mean(tf.cast(h, "float32")) for h in outputs_of(seen, sites).values()])

    def saturated() -> Any:
        slopes = slopes_of(seen, sites)
        return tf.stack([saturated_share(slope, supremum[path.split("#")[0]]) for path, slope in slopes.items()])

    columns: dict[str, Callable[[], Any]] = {"act_rms": sizes, "act_mean": means, "saturated": saturated}
    return [([(path, name) for path in seen.signals], compute) for name, compute in columns.items()]
