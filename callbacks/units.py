"""What is measured for single units, and for the outputs of whole activations."""

from collections.abc import Callable
from typing import Any

import tensorflow as tf

from piste.callbacks.activity import Activity
from piste.callbacks.gradients import Figures
from piste.callbacks.measures import active_items, mean, root_mean_squares, saturated_share, unit_means, unit_peaks

SAMPLED = ("size", "positive", "steepest")
"""What checks sample of every unit: mean |h|, share of entries with h > 0, largest |f'|."""


def active_counts(activity: Activity) -> Any:
    """Counts for every unit the batch items on which it is active, float32 of shape (all units,)."""
    counts = []
    for path, signal in activity.seen.signals.items():
        site = activity.site_at[path]
        if site.rises:  # active anywhere is active at the largest output
            for _ in range(signal.shape.rank - 2):  # axis by axis is four times faster than all at once
                signal = tf.reduce_max(signal, axis=1)
        counts.append(active_items(site.slope_at(signal)))
    return tf.concat(counts, axis=0) if counts else tf.zeros(0)


def unit_samples(activity: Activity) -> Any:
    """Measures for every unit what `SAMPLED` names, in this step's batch.

    Returns:
        Float32 of shape (3, all units).
    """
    outputs = [tf.cast(h, "float32") for h in activity.outputs.values()]
    rows = [
        [unit_means(tf.abs(h)) for h in outputs],
        [unit_means(tf.cast(h > 0, "float32")) for h in outputs],
        [unit_peaks(tf.abs(tf.cast(slope, "float32"))) for slope in activity.slopes.values()],
    ]
    return tf.stack([tf.concat(row, axis=0) for row in rows])


def unit_figures(activity: Activity) -> Figures:
    """Size, mean and saturation of every activation's output in this step's batch."""
    if not activity.seen.signals:
        return []

    def sizes() -> Any:
        return root_mean_squares([[h] for h in activity.outputs.values()])

    def means() -> Any:
        return tf.stack([mean(tf.cast(h, "float32")) for h in activity.outputs.values()])

    def saturated() -> Any:
        pairs = [(slope, activity.site_at[path].supremum) for path, slope in activity.slopes.items()]
        return tf.stack([saturated_share(slope, supremum) for slope, supremum in pairs])

    columns: dict[str, Callable[[], Any]] = {"act_rms": sizes, "act_mean": means, "saturated": saturated}
    return [([(path, name) for path in activity.seen.signals], compute) for name, compute in columns.items()]
