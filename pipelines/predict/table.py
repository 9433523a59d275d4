"""Samples from a file of comma-separated numbers."""

import math
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from piste.pipelines.data.csv_rows import csv_rows
from piste.pipelines.errors import DataError
from piste.pipelines.predict.batch import Batch, fitted


def read_table(path: Path, shape: tuple[int, ...], dtype: str, size: int) -> Iterator[Batch]:
    """Reads rows of numbers below a header of column names, one sample a row, batch by batch.

    Args:
        path: the file; see `csv_rows`.
        shape: of one sample; a row holds its numbers in C order.
        dtype: that the model takes.
        size: samples in a batch.

    Raises:
        DataError: if a row does not fit; it is named by its row, the header being row 1.
    """
    width = math.prod(shape)
    whole = np.dtype(dtype).kind != "f"
    samples: list[list[float]] = []
    start = 0
    rows = csv_rows(path)
    _check_header(path, next(rows, (1, []))[1], width)
    for row, cells in rows:
        samples.append([_number(cell, whole, path, row, column + 1) for column, cell in enumerate(cells)])
        if len(samples) == size:
            yield _batch(samples, shape, dtype, path, start)
            start, samples = start + size, []
    if samples:
        yield _batch(samples, shape, dtype, path, start)
    elif not start:
        raise DataError(f"{path} must hold a row of numbers below the header. Received: none.")


def _check_header(path: Path, header: list[str], width: int) -> None:
    if len(header) != width:
        raise DataError(f"{path} must have {width} columns. Received: {len(header)} in the header.")
    if all(_is_number(cell) for cell in header):
        raise DataError(f"{path} must begin with the columns' names. Received: numbers; add a header.")


def _number(cell: str, whole: bool, path: Path, row: int, column: int) -> float:
    try:
        number = int(cell) if whole else float(cell)
        good = whole or math.isfinite(number)
    except ValueError:
        good = False
    if not good:
        kind = "a whole number" if whole else "a finite number"
        raise DataError(f"{path}: row {row}, column {column} must be {kind}. Received: {cell[:40]!r}.")
    return number


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def _batch(samples: list[list[float]], shape: tuple[int, ...], dtype: str, path: Path, start: int) -> Batch:
    try:
        x = np.array(samples, np.int64 if np.dtype(dtype).kind != "f" else np.float64)
    except OverflowError:
        raise DataError(
            f"{path} must hold {dtype}. Received: a number beyond 64 bits in samples from {start}."
        ) from None
    return Batch(
        fitted(x.reshape(-1, *shape), dtype, str(path), start), [{"index": start + row} for row in range(len(x))]
    )
