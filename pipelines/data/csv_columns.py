"""Columns of text to numbers, categories and labels; what does not fit is named by its row."""

import math
from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from piste.pipelines.data.csv_file import CsvFile
from piste.pipelines.errors import DataError

LARGEST = float(np.finfo(np.float32).max)


def kind_of(file: CsvFile, name: str, missing: Sequence[str]) -> Literal["numeric", "categorical"]:
    """Tells by its values what a column holds: all numbers, or mostly none.

    Args:
        file: The training file.
        name: Of the column.
        missing: Texts that stand for a missing value.

    Raises:
        DataError: There are no values, or most are numbers and some are not.
    """
    texts = [text for text in file.columns[name] if text not in missing]
    if not texts:
        raise DataError(
            f"{file.path}: column {name!r} must have values. Received: missing ones only; put it under `data.ignore`."
        )
    found = [number(text) is not None for text in texts]
    if all(found):
        return "numeric"
    if 2 * sum(found) <= len(found):
        return "categorical"
    index = next(i for i, text in enumerate(file.columns[name]) if text not in missing and number(text) is None)
    raise DataError(
        f"{file.place(index, name)}: most values of the column are numbers, but not all."
        f" Received: {file.columns[name][index]!r}; correct it, name it under `data.missing_values`,"
        f" or say `columns: {{{name}: categorical}}`."
    )


def number(text: str) -> float | None:
    """Returns a finite number that float32 can hold, or None.

    Example:
        >>> number("-1.5e3"), number("1,5"), number("1_000"), number("inf"), number("1e39")
        (-1500.0, None, None, None, None)
    """
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) and abs(value) <= LARGEST and "_" not in text else None


def numbers(file: CsvFile, name: str, missing: Sequence[str], *, needed: bool) -> NDArray[np.float32]:
    """Reads a column of numbers.

    Args:
        file: Where it is.
        name: Of the column.
        missing: Texts that stand for a missing value.
        needed: Whether a missing value is an error; otherwise it is NaN.

    Raises:
        DataError: A value is no finite number, or missing.
    """
    values = np.empty(len(file.rows), np.float32)
    for index, text in enumerate(file.columns[name]):
        value = number(text)
        if text in missing:
            if needed:
                raise DataError(
                    f"{file.place(index, name)}: a number is missing. Received: {text!r};"
                    " fill it in, or for a column to learn from set `data.missing` to mean or median."
                )
            value = math.nan
        if value is None:
            raise DataError(
                f"{file.place(index, name)}: expected a number. Received: {text!r}; correct it,"
                " or name it under `data.missing_values`."
            )
        values[index] = value
    return values


def categories(file: CsvFile, name: str, missing: Sequence[str]) -> list[str]:
    """Returns a column's texts, the empty one for whatever stands for a missing value."""
    return ["" if text in missing else text for text in file.columns[name]]


def labels(
    files: Mapping[str, CsvFile], name: str, classes: Sequence[str] | None
) -> tuple[dict[str, NDArray[Any]], tuple[str, ...]]:
    """Numbers the classes of a column.

    Args:
        files: By part, "train" among them.
        name: Of the column.
        classes: All texts in the order of their numbers; None sorts those of the training part, whole numbers by
            their size.

    Returns:
        Class indices by part, and the names of the classes.

    Raises:
        DataError: A class is missing, or not among those known; or the column holds numbers that are not whole.
    """
    names = tuple(classes or _sorted(files["train"], name))
    indices = {text: index for index, text in enumerate(names)}
    made: dict[str, NDArray[Any]] = {}
    for part, file in files.items():
        for index, text in enumerate(file.columns[name]):
            if text not in indices:
                known = ", ".join(names[:20]) + (", ..." if len(names) > 20 else "")
                whose = "the training file's" if classes is None else "`data.classes`"
                raise DataError(
                    f"{file.place(index, name)}: expected one of {whose} classes: {known}. Received: {text!r};"
                    " correct it, or name every class in `data.classes`."
                )
        made[part] = np.array([indices[text] for text in file.columns[name]], np.int32)
    return made, names


def _sorted(file: CsvFile, name: str) -> list[str]:
    column = file.columns[name]
    if "" in column:
        index = column.index("")
        raise DataError(f"{file.place(index, name)}: the class is missing. Fill it in, or remove the row.")
    texts = sorted(set(column))
    figures = [number(text) for text in texts]
    if not all(figure is not None for figure in figures):
        return texts
    if any(figure is not None and not figure.is_integer() for figure in figures):
        raise DataError(
            f"{file.path}: column {name!r} must hold classes. Received: {len(texts)} numbers that are not whole;"
            " set `data.task: regression`."
        )
    return [text for _, text in sorted(zip(figures, texts, strict=True))]
