"""When to look closely: at steps 1, 2, 4, 8, ... at first, then at every k-th."""

from typing import Any

import tensorflow as tf


def checks_among(steps: range, every: int) -> list[int]:
    """Returns the steps to look at closely.

    Args:
        steps: optimizer updates done, counted from 1.
        every: the period once the early checks, at the powers of two below it, are over.

    Example:
        >>> checks_among(range(1, 200), 50)
        [1, 2, 4, 8, 16, 32, 50, 100, 150]
    """
    early = [step for step in map((1).__lshift__, range((every - 1).bit_length())) if step in steps]
    return [*early, *range(-(-steps.start // every) * every, steps.stop, every)]


def is_check_in_graph(step: Any, every: Any) -> Any:
    """The same for one step as an integer tensor of rank 0."""
    early = (step < every) & (tf.bitwise.bitwise_and(step, step - 1) == 0)
    return early | (step % every == 0)
