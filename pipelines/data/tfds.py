"""Reads a split of a data set that TensorFlow Datasets has prepared into arrays."""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from piste.pipelines.data.assemble import Pair
from piste.pipelines.data.dataset import LARGEST
from piste.pipelines.data.quiet import first_line, quiet
from piste.pipelines.errors import DataError

BATCH = 1024


def read_tfds(builder: Any, split: str, x_key: str, y_key: str, where: str) -> Pair:
    """Reads one split of a prepared data set, in the order of its files and in the types it is stored in.

    Args:
        builder: The data set's builder.
        split: Name of the split, or a slice of one.
        x_key: The feature to learn from.
        y_key: The feature to predict.
        where: The source, for messages.

    Returns:
        Inputs and answers.

    Raises:
        DataError: If there is no such split, its samples differ in shape, or its files are damaged.
    """
    import tensorflow as tf

    try:
        n = builder.info.splits[split].num_examples
    except (KeyError, ValueError) as error:
        raise DataError(
            f"{where}: expected one of the splits {', '.join(builder.info.splits)}, or a slice such as"
            f" train[:10%]. Received: {split!r}."
        ) from error
    keys = (x_key, y_key)
    arrays = [_space(builder.info.features[key], n, key, where) for key in keys]
    with quiet():
        try:
            done = _fill(arrays, builder, split, keys)
        except (OSError, ValueError, tf.errors.OpError) as error:
            raise DataError(
                f"{where}: split {split!r} cannot be read ({first_line(error)}); prepare it again."
            ) from error
    assert done == n, "TFDS counts the samples itself"
    return arrays[0], arrays[1]


def _fill(arrays: list[NDArray[Any]], builder: Any, split: str, keys: tuple[str, str]) -> int:
    import tensorflow_datasets as tfds

    batches = builder.as_dataset(
        split=split,
        batch_size=BATCH,
        shuffle_files=False,
        decoders=tfds.decode.PartialDecoding(dict.fromkeys(keys, True)),
        read_config=tfds.ReadConfig(interleave_cycle_length=1, try_autocache=False),
    )
    done = 0
    for batch in tfds.as_numpy(batches):
        for array, key in zip(arrays, keys, strict=True):
            array[done : done + len(batch[key])] = batch[key]
        done += len(batch[keys[0]])
    return done


def _space(feature: Any, n: int, key: str, where: str) -> NDArray[Any]:
    shape = feature.shape
    if not isinstance(shape, tuple) or None in shape or np.dtype(feature.np_dtype).kind not in "iuf":
        raise DataError(
            f"{where}: feature {key!r} must hold numbers in one shape. Received: {feature};"
            " bring its samples to one shape and write them to an .npz file."
        )
    dtype = np.dtype(feature.np_dtype)
    size = n * math.prod(shape) * dtype.itemsize
    if size > LARGEST:
        raise DataError(
            f"{where}: feature {key!r} may take at most {LARGEST} bytes. Received: {size} in {n} samples;"
            " read a part, for example train[:10%]."
        )
    return np.empty((n, *shape), dtype)
