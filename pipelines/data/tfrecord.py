"""Reads files of `tf.train.Example` records into arrays, on disk where they are too large for memory."""

import glob
import math
import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from piste.pipelines.data.quiet import first_line
from piste.pipelines.errors import DataError, DiskError

BATCH = 256
Encoding = Literal["list", "raw", "image"]


@dataclass(frozen=True)
class Feature:
    """How one value of a record is stored.

    Attributes:
        shape: Of one sample.
        dtype: Of the array that is returned, as NumPy names it.
        encoding: "list" for lists of integers or floats, "raw" for the bytes of a little-endian array, "image" for the
            bytes of a BMP, GIF, JPEG or PNG file.
    """

    shape: tuple[int, ...]
    dtype: str
    encoding: Encoding = "list"


def read_tfrecord(
    pattern: str, features: Mapping[str, Feature], *, compression: str | None = None, memory: int = 2**31
) -> dict[str, NDArray[Any]]:
    """Reads all records of all files, those in the order of their names.

    Args:
        pattern: A file, or a pattern with `*`, `?` and `[...]` for several.
        features: What to read of every record, by its key.
        compression: "gzip" or "zlib"; None for none.
        memory: Bytes; where an array would take more, it lies in a temporary file that is gone with the process.

    Returns:
        An array for each feature, one row a record.

    Raises:
        DataError: There are no files or records; a record is damaged, or does not hold a feature as described.

    References:
        https://www.tensorflow.org/tutorials/load_data/tfrecord
    """
    files = [Path(name) for name in sorted(glob.glob(pattern)) if Path(name).is_file()]
    if not files:
        raise DataError(f"{pattern}: expected a file of records, or a pattern of such. There is none; check the path.")
    counts = [sum(len(batch) for batch in _batches(file, compression)) for file in files]
    if not sum(counts):
        raise DataError(f"{pattern}: expected records. Received: {len(files)} files without any; check the files.")
    arrays = {name: _space((sum(counts), *feature.shape), feature.dtype, memory) for name, feature in features.items()}
    done = 0
    for file in files:
        first = done
        for batch in _batches(file, compression):
            for name, values in _parse(batch, features, file, done - first).items():
                arrays[name][done : done + len(batch)] = values
            done += len(batch)
    return arrays


def _batches(file: Path, compression: str | None) -> Iterator[NDArray[Any]]:
    import tensorflow as tf

    read = 0
    try:
        records = tf.data.TFRecordDataset(str(file), compression_type=(compression or "").upper())
        for batch in records.batch(BATCH).as_numpy_iterator():
            read += len(batch)
            yield batch
    except tf.errors.OpError as error:
        raise DataError(
            f"{file}: damaged after record {read} or one of the {BATCH} that follow ({first_line(error)});"
            " write it again, or check `data.compression`."
        ) from error


def _parse(batch: NDArray[Any], features: Mapping[str, Feature], file: Path, before: int) -> dict[str, NDArray[Any]]:
    import tensorflow as tf

    try:
        return _values(batch, features)
    except (tf.errors.OpError, ValueError):
        for index in range(len(batch)):  # which record is it?
            try:
                _values(batch[index : index + 1], features)
            except (tf.errors.OpError, ValueError) as error:
                raise DataError(
                    f"{file}: record {before + index + 1} must hold what `data.features` says."
                    f" Received: {first_line(error)}; correct one of the two."
                ) from error
        raise


def _values(batch: NDArray[Any], features: Mapping[str, Feature]) -> dict[str, NDArray[Any]]:
    import tensorflow as tf

    spec = {}
    for name, feature in features.items():
        if feature.encoding == "list":
            stored = tf.float32 if np.dtype(feature.dtype).kind == "f" else tf.int64
            spec[name] = tf.io.FixedLenFeature(feature.shape, stored)
        else:
            spec[name] = tf.io.FixedLenFeature([], tf.string)
    parsed = tf.io.parse_example(batch, spec)
    return {name: _decoded(parsed[name].numpy(), name, feature) for name, feature in features.items()}


def _decoded(stored: NDArray[Any], name: str, feature: Feature) -> NDArray[Any]:
    dtype = np.dtype(feature.dtype)
    if feature.encoding == "image":
        stored = np.stack([_image(content, name, feature) for content in stored])
    if feature.encoding == "raw":
        size = math.prod(feature.shape) * dtype.itemsize
        wrong = next((len(content) for content in stored if len(content) != size), None)
        if wrong is not None:
            raise ValueError(f"feature {name!r} of {wrong} bytes in place of {size}")
        values = np.frombuffer(b"".join(stored), dtype.newbyteorder("<"))
        return values.reshape(len(stored), *feature.shape)
    if dtype.kind in "iu" and len(stored):
        limits = np.iinfo(dtype)
        if stored.size and not (limits.min <= stored.min() and stored.max() <= limits.max):
            raise ValueError(f"feature {name!r} with a value outside the range of {dtype}")
    return stored.astype(dtype)


def _image(content: bytes, name: str, feature: Feature) -> NDArray[Any]:
    import tensorflow as tf

    channels = feature.shape[2] if len(feature.shape) == 3 else 1
    pixels = tf.io.decode_image(content, channels=channels, expand_animations=False).numpy()
    if len(feature.shape) == 2:
        pixels = pixels[:, :, 0]
    if pixels.shape != feature.shape:
        raise ValueError(f"feature {name!r}, an image of shape {pixels.shape} in place of {feature.shape}")
    return np.asarray(pixels)


def _space(shape: Sequence[int], dtype: str, memory: int) -> NDArray[Any]:
    size = math.prod(shape) * np.dtype(dtype).itemsize
    if size <= memory:
        return np.empty(tuple(shape), dtype)
    try:
        with tempfile.TemporaryFile(prefix="piste-records-") as file:  # the mapping outlives it
            if hasattr(os, "posix_fallocate"):  # a full disk met later would end the process
                os.posix_fallocate(file.fileno(), 0, size)
            return np.memmap(file, dtype=dtype, mode="w+", shape=tuple(shape))
    except OSError as error:
        raise DiskError(
            f"{tempfile.gettempdir()}: {size} bytes of decoded records must fit there. Received: {error.strerror};"
            " free some space, or raise `runtime.memory_limit`."
        ) from error
