"""Batches from the host for data that does not fit on the device."""

import itertools
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import tensorflow as tf

from piste.pipelines.data.dataset import Arrays


def stream_batches(data: Arrays, batch_size: int, order: Callable[[int], np.ndarray] | None = None) -> Any:
    """Returns a dataset of batches, in a new order at every pass.

    Args:
        data: arrays on the host, memory-mapped ones included.
        batch_size: samples a batch; the last one may be smaller.
        order: pass (from 0) -> sample order; None keeps the samples in their order.
    """
    passes = itertools.count()
    samples = len(data.x)

    def batches() -> Iterator[tuple[np.ndarray, ...]]:
        chosen = order(next(passes)) if order else np.arange(samples)
        for begin in range(0, samples, batch_size):
            rows = chosen[begin : begin + batch_size]
            yield tuple(part[rows] for part in data.parts)

    def spec(array: np.ndarray) -> Any:
        return tf.TensorSpec((None, *array.shape[1:]), array.dtype)

    dataset = tf.data.Dataset.from_generator(batches, output_signature=tuple(map(spec, data.parts)))
    dataset = dataset.apply(tf.data.experimental.assert_cardinality(-(-samples // batch_size)))
    return dataset.prefetch(8)
