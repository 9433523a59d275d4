"""Pure measures: tensors in, float32 numbers out."""

from typing import Any

import tensorflow as tf

SATURATED_BELOW = 0.05
ACTIVE_FROM = 1e-3


def sum_of_squares(tensors: list[Any]) -> Any:
    """Sums the squares of all entries of all tensors.

    Example:
        >>> float(sum_of_squares([tf.constant([3.0]), tf.constant([[4.0, 0.0]])]))
        25.0
    """
    return tf.add_n([tf.reduce_sum(tf.square(tf.cast(dense(tensor), "float32"))) for tensor in tensors])


def dense(tensor: Any) -> Any:
    """Returns the tensor itself, or the sum of slices that a sparse gradient stands for."""
    if not isinstance(tensor, tf.IndexedSlices):
        return tensor
    rows, places = tf.unique(tensor.indices)
    return tf.math.unsorted_segment_sum(tensor.values, places, tf.size(rows))


def rms(tensors: list[Any]) -> Any:
    """Root mean square over all entries of all tensors, `sqrt(sum x^2 / n)`.

    Example:
        >>> float(rms([tf.constant([3.0, 4.0, 0.0, 0.0])]))
        2.5
    """
    entries = tf.add_n([tf.cast(tf.reduce_prod(tf.shape(tensor)), "float32") for tensor in tensors])
    return tf.sqrt(sum_of_squares(tensors) / entries)


def update_ratio(before: list[Any], after: list[Any]) -> Any:
    """Size of an update relative to the weights it changed, `||after - before|| / ||before||`.

    Args:
        before: the weights before the step, one tensor a variable.
        after: the same weights after it.

    Example:
        >>> float(update_ratio([tf.constant([3.0, 4.0])], [tf.constant([3.0, 4.5])]))
        0.1
    """
    change = sum_of_squares([new - old for new, old in zip(after, before, strict=True)])
    return tf.sqrt(change) / (tf.sqrt(sum_of_squares(before)) + 1e-12)


def active_items(slope: Any) -> Any:
    """Counts for each unit the batch items on which it is active at any position.

    A unit is active where its activation's slope is at least 0.001, so that some gradient passes.

    Args:
        slope: f'(z), shape (batch, ..., units).

    Returns:
        Counts of shape (units,), float32.

    Example:
        >>> active_items(tf.constant([[1.0, 0.0], [1.0, 0.5], [0.0, 0.0]])).numpy().tolist()
        [2.0, 1.0]
    """
    active = tf.abs(slope) >= tf.cast(ACTIVE_FROM, slope.dtype)
    positions = list(range(1, active.shape.rank - 1))
    if positions:
        active = tf.reduce_any(active, axis=positions)
    return tf.reduce_sum(tf.cast(active, "float32"), axis=0)


def saturated_share(slope: Any, supremum: float) -> Any:
    """Share of all entries whose slope is below 5 % of the steepest there is.

    Example:
        >>> float(saturated_share(tf.constant([[0.01, 0.2], [0.25, 0.012]]), 0.25))
        0.5
    """
    flat = tf.abs(tf.cast(slope, "float32")) < SATURATED_BELOW * supremum
    return tf.reduce_mean(tf.cast(flat, "float32"))


def is_finite(tensor: Any) -> Any:
    """Whether every entry is finite.

    Example:
        >>> bool(is_finite(tf.constant([1.0, float("inf")])))
        False
    """
    return tf.reduce_all(tf.math.is_finite(tensor))
