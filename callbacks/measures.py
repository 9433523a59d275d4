"""Pure measures: tensors in, float32 numbers out.

They take many tensors at once, because what costs in a compiled step is the number of operations to compile.
"""

import functools
from collections.abc import Sequence
from typing import Any

import tensorflow as tf

SATURATED_BELOW = 0.05
ACTIVE_FROM = 1e-3
TINY = 1e-30


def sums_of_squares(groups: Sequence[Sequence[Any]]) -> Any:
    """Sums the squares of all entries, group by group.

    Args:
        groups: tensors or sparse gradients, whose entries are summed up within a group.

    Returns:
        Float32 of shape (groups,).

    Example:
        >>> sums_of_squares([[tf.constant([3.0]), tf.constant([[4.0, 0.0]])], [tf.constant([2.0])]]).numpy().tolist()
        [25.0, 4.0]
    """
    sums = [[total(tf.square(tf.cast(dense(part), "float32"))) for part in group] for group in groups]
    return tf.stack([tf.add_n(group) for group in sums])


def total(values: Any) -> Any:
    """Sums all entries of a float32 tensor.

    XLA adds up a whole tensor number by number; the rows of a product with ones it adds up side by side, in a fifth of
    the time.

    Example:
        >>> float(total(tf.constant([[1.0, 2.0], [3.0, 4.0]])))
        10.0
    """
    width = values.shape[-1] if values.shape.rank else None
    if width is None:
        return tf.reduce_sum(values)
    return tf.reduce_sum(tf.linalg.matvec(tf.reshape(values, [-1, width]), tf.ones(width)))


def mean(values: Any) -> Any:
    """Mean of all entries of a float32 tensor."""
    return total(values) / _entries(values)


def product(factors: Sequence[Any]) -> Any:
    """Multiplies in float32; a single factor, which may be sparse, is returned as it is."""
    if len(factors) == 1:
        return factors[0]
    return functools.reduce(tf.multiply, [tf.cast(factor, "float32") for factor in factors])


def dense(tensor: Any) -> Any:
    """Returns the tensor itself, or the sums of the slices that a sparse gradient stands for."""
    if not isinstance(tensor, tf.IndexedSlices):
        return tensor
    rows, places = tf.unique(tensor.indices)
    return tf.math.unsorted_segment_sum(tensor.values, places, tf.size(rows))


def root_mean_squares(groups: Sequence[Sequence[Any]]) -> Any:
    """Root mean square of all entries, group by group: `sqrt(sum x^2 / n)`.

    A sparse gradient counts as the dense one that it stands for.

    Example:
        >>> root_mean_squares([[tf.constant([3.0, 4.0, 0.0, 0.0])], [tf.constant([2.0])]]).numpy().tolist()
        [2.5, 2.0]
    """
    entries = [tf.add_n([_entries(part) for part in group]) for group in groups]
    return tf.sqrt(sums_of_squares(groups) / tf.stack(entries))


def _entries(tensor: Any) -> Any:
    shape = tensor.dense_shape if isinstance(tensor, tf.IndexedSlices) else tensor.shape
    known = None if isinstance(tensor, tf.IndexedSlices) else shape.num_elements()
    if known is not None:
        return tf.constant(known, "float32")
    return tf.cast(tf.reduce_prod(shape if isinstance(tensor, tf.IndexedSlices) else tf.shape(tensor)), "float32")


def update_ratios(before: Sequence[Sequence[Any]], after: Sequence[Sequence[Any]]) -> Any:
    """Sizes of updates relative to the weights they changed, `||after - before|| / ||before||`, group by group.

    Args:
        before: the weights before the step, one tensor a variable.
        after: the same weights after it.

    Example:
        >>> update_ratios([[tf.constant([3.0, 4.0])]], [[tf.constant([3.0, 4.5])]]).numpy().round(6).tolist()
        [0.10000000149011612]
    """
    changes = [[new - old for new, old in zip(*pair, strict=True)] for pair in zip(after, before, strict=True)]
    return tf.sqrt(sums_of_squares(changes)) / (tf.sqrt(sums_of_squares(before)) + 1e-12)


def common_shares(kernels: Sequence[tuple[Any, int]]) -> Any:
    """Shares of the kernels' power that all units have in common: `units * ||mean over units||^2 / ||kernel||^2`.

    1 means that all units have the same weights; 0 that their mean is 0. A kernel of zeros has 1.

    Args:
        kernels: pairs of a kernel of shape (..., n * units) and its number of units; blocks of columns beside each
            other, such as an LSTM's gates, count as further rows.

    Example:
        >>> alike, apart = tf.constant([[1.0, 1.0], [2.0, 2.0]]), tf.constant([[3.0, 1.0]])
        >>> common_shares([(alike, 2), (apart, 2)]).numpy().round(6).tolist()
        [1.0, 0.800000011920929]
    """
    units = tf.constant([float(count) for _, count in kernels])
    rows = [tf.reshape(tf.cast(kernel, "float32"), [-1, count]) for kernel, count in kernels]
    sums = [tf.linalg.matvec(row, tf.ones(row.shape[-1])) for row in rows]
    return (sums_of_squares([[row] for row in sums]) / units + TINY) / (sums_of_squares([[row] for row in rows]) + TINY)


def unit_means(values: Any) -> Any:
    """Mean of each unit's values over batch and positions.

    Args:
        values: float32 of shape (batch, ..., units).

    Example:
        >>> unit_means(tf.constant([[1.0, 0.0], [3.0, 1.0]])).numpy().tolist()
        [2.0, 0.5]
    """
    return tf.reduce_mean(values, axis=list(range(values.shape.rank - 1)))


def unit_peaks(values: Any) -> Any:
    """Largest of each unit's values over batch and positions, like `unit_means`."""
    return tf.reduce_max(values, axis=list(range(values.shape.rank - 1)))


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
    return mean(tf.cast(flat, "float32"))


def first_bad(vectors: Sequence[Any]) -> Any:
    """Finds the first entry of all tensors that is not finite.

    Returns:
        Its place in the flattened tensors laid end to end, int32, or -1 if all are finite.

    Example:
        >>> int(first_bad([tf.constant([1.0]), tf.constant([2.0, float("nan")])]))
        2
    """
    if not vectors:
        return tf.constant(-1)
    flat = [tf.reshape(tf.cast(vector, "float32"), [-1]) for vector in vectors]
    bad = ~tf.math.is_finite(tf.concat(flat, axis=0))
    return tf.where(tf.reduce_any(bad), tf.argmax(tf.cast(bad, "int32"), output_type=tf.int32), -1)
