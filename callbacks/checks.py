"""When to look closely: at steps 1, 2, 4, 8, ... at first, then at every k-th."""

from typing import Any

import tensorflow as tf


def is_check(step: int, every: int) -> bool:
    """Whether a step is one to look at closely.

    Args:
        step: optimizer updates done, counted from 1.
        every: the period once the early checks, at the powers of two below it, are over.

    Example:
        >>> [step for step in range(1, 200) if is_check(step, 50)]
        [1, 2, 4, 8, 16, 32, 50, 100, 150]
    """
    return step % every == 0 or (step < every and step & (step - 1) == 0)


def is_check_in_graph(step: Any, every: Any) -> Any:
    """The same as `is_check` for integer tensors of rank 0."""
    early = (step < every) & (tf.bitwise.bitwise_and(step, step - 1) == 0)
    return early | (step % every == 0)
