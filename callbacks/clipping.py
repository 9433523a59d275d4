"""Whether the optimizer clips the gradient of a step."""

from typing import Any

import tensorflow as tf

from piste.callbacks.measures import product, sums_of_squares
from piste.callbacks.seen import Seen


def is_clipped(seen: Seen, kind: str, bound: float) -> Any:
    """Compares a gradient with what the optimizer lets through.

    Of a sparse gradient Keras looks at the slices, each by itself, also where several are of the same row.

    Args:
        seen: a step, with the gradients of all variables.
        kind: "clipvalue" bounds every entry, "clipnorm" the norm for each variable, "global_clipnorm" that of all.
        bound: the largest that stays as it is.

    Returns:
        1 if the gradient is changed and 0 if not or if the step was skipped, int32 scalar.
    """
    whole = [_entries(product(parts)) for parts in seen.whole_gradient]
    if kind == "clipvalue":
        largest = tf.reduce_max([tf.reduce_max(tf.abs(tf.cast(part, "float32"))) for part in whole])
    else:
        squares = sums_of_squares([whole] if kind == "global_clipnorm" else [[part] for part in whole])
        largest = tf.sqrt(tf.reduce_max(squares))
    return tf.cast(largest / seen.scale > bound, "int32") * (1 - seen.skipped)


def _entries(gradient: Any) -> Any:
    return gradient.values if isinstance(gradient, tf.IndexedSlices) else gradient
