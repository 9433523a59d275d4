"""Watching a step that runs on several devices at once, under a distribution strategy."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import tensorflow as tf

Made = TypeVar("Made")


def is_watched_replica() -> bool:
    """Whether this code runs where it should measure: on the first replica, or outside a strategy.

    The gradients are summed over all replicas; activations are those of the first replica's share of the batch.
    """
    if not is_replicated():
        return True
    context = tf.distribute.get_replica_context()
    return int(tf.get_static_value(tf.convert_to_tensor(context.replica_id_in_sync_group))) == 0


def is_replicated() -> bool:
    """Whether this code is one of several replicas."""
    context = tf.distribute.get_replica_context()
    return context is not None and context.num_replicas_in_sync > 1


def apart_from_strategies(make: Callable[[], Made]) -> Made:
    """Makes plain variables even inside a strategy's scope: a thread of its own has no strategy and no graph."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(make).result()
