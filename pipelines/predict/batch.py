"""What is predicted at once, and the checks that every kind of input shares."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from piste.pipelines.data.values import checked_values
from piste.pipelines.errors import DataError


@dataclass(frozen=True, eq=False)
class Batch:
    """Samples as the model takes them.

    Args:
        x: (n, ...), in the model's shape and type.
        names: what each is called in the output, {"index": 0} or {"file": "cat.png"}.
    """

    x: NDArray[Any]
    names: Sequence[dict[str, Any]]


def batches_of(x: NDArray[Any], shape: tuple[int, ...], dtype: str, size: int, where: str) -> Iterator[Batch]:
    """Cuts an array into batches, each checked before it is given.

    Args:
        x: (n, ...); it may be mapped from a file.
        shape: of one sample.
        dtype: that the model takes.
        size: samples in a batch.
        where: the file, for messages.

    Raises:
        DataError: if the shape, the type or a value does not fit the model.
    """
    if x.ndim == 0 or x.shape[1:] != shape:
        given = f"{x.shape}, one sample without the axis of samples" if x.shape == shape else str(x.shape)
        raise DataError(f"{where} must hold samples of shape {('n', *shape)}. Received: shape {given}.")
    if len(x) == 0:
        raise DataError(f"{where} must hold at least one sample. Received: shape {x.shape}.")
    for start in range(0, len(x), size):
        part = fitted(x[start : start + size], dtype, where, start)
        yield Batch(part, [{"index": start + row} for row in range(len(part))])


def fitted(x: NDArray[Any], dtype: str, where: str, first: int = 0) -> NDArray[Any]:
    """Returns samples in the model's type, where that changes no value.

    Args:
        x: (n, ...).
        dtype: that the model takes.
        where: the file, for messages.
        first: number of the first sample, for messages.

    Raises:
        DataError: if a value is not finite or has no place in the type.
    """
    wanted = np.dtype(dtype)
    values = checked_values(np.ascontiguousarray(x), where, f"samples from {first}" if first else "samples")
    if wanted.kind == "f":
        return values.astype(wanted, copy=False)
    if values.dtype.kind == "f":
        raise DataError(
            f"{where} must hold raw {dtype}, as the model was trained on. Received: {x.dtype}; "
            "give what was stored, as the model scales it itself."
        )
    span = np.iinfo(wanted)
    outside = (values < span.min) | (values > span.max) if not np.can_cast(values.dtype, wanted) else None
    if outside is not None and outside.any():
        place = np.argwhere(outside)[0]
        raise DataError(
            f"{where} must hold {dtype}, from {span.min} to {span.max}. "
            f"Received: {values[tuple(place)]} in sample {first + int(place[0])}."
        )
    return values.astype(wanted, copy=False)
