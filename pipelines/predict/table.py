"""Samples from a file of comma-separated numbers."""

import csv
import math
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from piste.pipelines.errors import DataError
from piste.pipelines.predict.batch import Batch, fitted


def read_table(path: Path, shape: tuple[int, ...], dtype: str, size: int) -> Iterator[Batch]:
    """Reads rows of numbers below a header of column names, one sample a row, batch by batch.

    Args:
        path: the file, UTF-8.
        shape: of one sample; a row holds its numbers in C order.
        dtype: that the model takes.
        size: samples in a batch.

    Raises:
        DataError: if a row does not fit; it is named by its line, counted from 1.
    """
    width = math.prod(shape)
    whole = np.dtype(dtype).kind != "f"
    samples: list[list[float]] = []
    start = 0
    for line, cells in _rows(path, width):
        samples.append([_number(cell, whole, path, line, column + 1) for column, cell in enumerate(cells)])
        if len(samples) == size:
            yield _batch(samples, shape, dtype, path, start)
            start, samples = start + size, []
    if samples:
        yield _batch(samples, shape, dtype, path, start)
    elif not start:
        raise DataError(f"{path} must hold a row of numbers below the header. Received: none.")


def _rows(path: Path, width: int) -> Iterator[tuple[int, list[str]]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file, strict=True)
            header = next(reader, [])
            if len(header) != width:
                raise DataError(f"{path} must have {width} columns. Received: {len(header)} in the header.")
            if all(_is_number(cell) for cell in header):
                raise DataError(f"{path} must begin with the columns' names. Received: numbers; add a header.")
            for cells in reader:
                if not cells:  # an empty line
                    continue
                if len(cells) != width:
                    raise DataError(
                        f"{path}, line {reader.line_num}: a row must have {width} numbers. Received: {len(cells)}."
                    )
                yield reader.line_num, cells
    except UnicodeDecodeError as error:
        raise DataError(f"{path} must be UTF-8. Received: bytes that are not, at byte {error.start}.") from error
    except csv.Error as error:
        raise DataError(
            f"{path}, line {reader.line_num}: {error}; write it again as comma-separated values."
        ) from error
    except OSError as error:
        raise DataError(f"{path}: cannot be read ({error.strerror or error}); check the file.") from error


def _number(cell: str, whole: bool, path: Path, line: int, column: int) -> float:
    try:
        number = int(cell) if whole else float(cell)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        kind = "a whole number" if whole else "a finite number"
        raise DataError(f"{path}, line {line}, column {column}: it must be {kind}. Received: {cell[:40]!r}.")
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
