"""Source `csv`: a file of comma-separated values with a header."""

import difflib
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from piste.pipelines.data.assemble import Pair, assemble
from piste.pipelines.data.csv_columns import categories, kind_of, labels, numbers
from piste.pipelines.data.csv_file import CsvFile, read_csv
from piste.pipelines.data.dataset import LARGEST, Data, Task
from piste.pipelines.data.table import Column, Table, codes
from piste.pipelines.errors import DataError

Kind = Literal["numeric", "categorical"]
MOST_CATEGORIES = 10_000


def load_csv(
    path: Path,
    *,
    target: str | Sequence[str],
    task: Task = "classification",
    columns: Mapping[str, Kind] | None = None,
    ignore: Sequence[str] = (),
    missing: Literal["error", "mean", "median"] = "error",
    missing_values: Sequence[str] = (),
    delimiter: str = ",",
    validation_path: Path | None = None,
    test_path: Path | None = None,
    classes: Sequence[str] | None = None,
) -> Data:
    r"""Reads the columns of a table into one matrix: numbers as they are, categories as numbers of a vocabulary.

    A column is numeric where all its values in the training file are numbers, and categorical where few are. What a
    missing number is filled with, and which categories there are, is settled by `fit_table` once the parts are known;
    until then missing numbers are NaN.

    Args:
        path: The training file.
        target: The column to predict, several for multilabel and regression.
        task: What is predicted. Classes are told by any text, labels by 0 and 1.
        columns: Kinds of columns by name, in place of what their values tell.
        ignore: Columns to leave out.
        missing: Whether a missing number is an "error" or is to be filled. A missing category is one of its own.
        missing_values: Texts beside the empty one that stand for a missing value.
        delimiter: Between values.
        validation_path: A file with the validation part.
        test_path: A file with the test part.
        classes: The values of the target in the order of their indices; None sorts those of the training file.

    Returns:
        The data, named after the file, with its `table`; x is float32 `(n, columns)`.

    Raises:
        DataError: If a file cannot be read, lacks a column, or has a value that does not fit; row and column are
            named.

    Example:
        >>> import tempfile
        >>> path = Path(tempfile.mkdtemp()) / "pets.csv"
        >>> _ = path.write_text("kg,coat,kind\n4,long,cat\n30,short,dog\n5,short,cat\n")
        >>> data = load_csv(path, target="kind")
        >>> data.train.x.tolist(), data.train.y.tolist(), data.classes
        ([[4.0, 1.0], [30.0, 2.0], [5.0, 2.0]], [0, 1, 0], ('cat', 'dog'))
    """
    paths = {"train": path, "validation": validation_path, "test": test_path}
    files = {part: read_csv(place, delimiter) for part, place in paths.items() if place is not None}
    train, targets = files["train"], (target,) if isinstance(target, str) else tuple(target)
    given = dict(columns or {})
    for key, named in (("target", targets), ("columns", tuple(given)), ("ignore", tuple(ignore))):
        _refuse_unknown(train, named, key, delimiter)
    inputs = [name for name in train.columns if name not in (*targets, *ignore)]
    for file in files.values():
        _refuse_missing_columns(file, [*inputs, *targets])
    if not inputs:
        raise DataError(f"{path}: expected a column to learn from. Received: none beside `target` and `ignore`.")
    _refuse_large(files.values(), len(inputs))
    gone = ("", *missing_values)
    made: dict[str, list[NDArray[np.float32]]] = {part: [] for part in files}
    found = []
    for name in inputs:
        if (given.get(name) or kind_of(train, name, gone)) == "numeric":
            found.append(Column(name))
            for part, file in files.items():
                made[part].append(numbers(file, name, gone, needed=missing == "error"))
            continue
        texts = {part: categories(file, name, gone) for part, file in files.items()}
        vocabulary = tuple(sorted({text for part in texts.values() for text in part}))
        if len(vocabulary) > MOST_CATEGORIES:
            raise DataError(
                f"{path}: column {name!r} may have {MOST_CATEGORIES} categories at most. Received: {len(vocabulary)};"
                " put it under `data.ignore`, or make it numeric under `data.columns`."
            )
        found.append(Column(name, vocabulary))
        for part, values in texts.items():
            made[part].append(codes(values, vocabulary))
    answers, names = _answers(files, targets, task, classes)
    pairs: dict[str, Pair] = {part: (np.column_stack(made[part]), answers[part]) for part in files}
    table = Table(tuple(found), tuple(missing_values))
    data = assemble(
        path.stem, task, pairs["train"], pairs.get("test"), pairs.get("validation"),
        where=str(path), classes=names, table=table,
    )  # fmt: skip
    return replace(data, fingerprint=_fingerprint(data, table))


def _answers(
    files: Mapping[str, CsvFile], targets: Sequence[str], task: Task, classes: Sequence[str] | None
) -> tuple[dict[str, NDArray[Any]], Sequence[str] | None]:
    if task == "classification":
        return labels(files, targets[0], classes)
    values = {
        part: np.column_stack([numbers(file, name, ("",), needed=True) for name in targets])
        for part, file in files.items()
    }
    if task == "regression":
        return values, classes
    for part, matrix in values.items():
        for row, column in np.argwhere((matrix != 0) & (matrix != 1))[:1]:
            name, file = targets[column], files[part]
            raise DataError(
                f"{file.place(row, name)}: a label must be 0 or 1. Received: {file.columns[name][row]!r}; correct it."
            )
    return values, classes or targets


def _refuse_unknown(file: CsvFile, names: Sequence[str], key: str, delimiter: str) -> None:
    for name in names:
        if name not in file.columns:
            near = difflib.get_close_matches(name, file.columns, n=1)
            hint = f"did you mean {near[0]!r}?" if near else f"is {delimiter!r} its delimiter, and has it a header?"
            held = ", ".join(map(repr, list(file.columns)[:20]))
            raise DataError(f"{file.path}: `data.{key}` must name a column. Received: {name!r}, among {held}; {hint}")


def _refuse_missing_columns(file: CsvFile, names: Sequence[str]) -> None:
    for name in names:
        if name not in file.columns:
            raise DataError(f"{file.path}: expected the columns of the training file. There is no {name!r}; add it.")


def _refuse_large(files: Any, columns: int) -> None:
    size = 4 * columns * sum(len(file.rows) for file in files)
    if size > LARGEST:
        raise DataError(f"The tables may take at most {LARGEST} bytes in memory. Received: {size}; take fewer rows.")


def _fingerprint(data: Data, table: Table) -> str:
    """Returns a digest of the matrices and of what their numbers stand for."""
    stands_for = json.dumps([data.fingerprint, table.facts(), data.classes])
    return hashlib.sha256(stands_for.encode()).hexdigest()
