"""Graphs that a monitor cannot change: the rewrites that count readers are off."""

import contextlib
from collections.abc import Iterator

import tensorflow as tf

COUNTING_READERS = ("arithmetic_optimization", "constant_folding")


@contextlib.contextmanager
def same_graphs_watched_or_not() -> Iterator[None]:
    """Turns off the two of TensorFlow's graph rewrites that change the rounding of watched gradients.

    They reorder a product while it has a single reader; a monitor is a second one. Measured with batch normalisation
    outside XLA: the gradient of gamma differed by up to 2e-7, and with both rewrites off by nothing.
    """
    before = tf.config.optimizer.get_experimental_options()
    tf.config.optimizer.set_experimental_options(dict.fromkeys(COUNTING_READERS, False))
    try:
        yield
    finally:
        after = {name: before.get(name, True) for name in COUNTING_READERS}
        tf.config.optimizer.set_experimental_options(after)
