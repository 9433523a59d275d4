"""How the columns of a table become numbers: what a model that was trained on one needs to know to be served."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

MISSING = ""
SPACES = " \t\r\n\v\f"


@dataclass(frozen=True)
class Column:
    """One column that a model learns from.

    Attributes:
        name: In the header.
        vocabulary: The texts of a categorical column, numbered from 1; the empty one stands for a missing value. None
            for a column of numbers.
        fill: What takes the place of a missing number; None where none may be missing.
    """

    name: str
    vocabulary: tuple[str, ...] | None = None
    fill: float | None = None


@dataclass(frozen=True)
class Table:
    """The columns in the order of a sample's values.

    Attributes:
        columns: Of the inputs, without the target.
        missing_values: Texts that stand for a missing value, as in "NA"; an empty cell always does.
    """

    columns: tuple[Column, ...]
    missing_values: tuple[str, ...] = ()

    @property
    def categories(self) -> tuple[int, ...]:
        """Number of categories of each column, 0 for a number."""
        return tuple(len(column.vocabulary or ()) for column in self.columns)

    def facts(self) -> dict[str, Any]:
        """Returns the table as plain data, as a run folder keeps it."""
        return asdict(self)

    @classmethod
    def of_facts(cls, facts: Mapping[str, Any]) -> "Table":
        """Returns the table that `facts` was made of, also when it went through JSON."""
        columns = (
            Column(item["name"], None if item["vocabulary"] is None else tuple(item["vocabulary"]), item["fill"])
            for item in facts["columns"]
        )
        return cls(tuple(columns), tuple(facts["missing_values"]))


def codes(texts: Sequence[str], vocabulary: Sequence[str]) -> NDArray[np.float32]:
    """Numbers texts by a vocabulary: from 1, and 0 for a text that is not in it.

    Example:
        >>> codes(["b", "c", "a"], ["a", "b"]).tolist()
        [2.0, 0.0, 1.0]
    """
    numbers = {text: index + 1 for index, text in enumerate(vocabulary)}
    return np.array([numbers.get(text, 0) for text in texts], np.float32)


def fit_table(
    table: Table, parts: Sequence[NDArray[np.float32]], missing: str
) -> tuple[Table, list[NDArray[np.float32]]]:
    """Fits vocabularies and fills to the first part alone, and encodes all parts by them.

    Args:
        table: With vocabularies of all parts; no fills.
        parts: Samples `(n, columns)` encoded by it, the training part first; NaN is a missing number.
        missing: "mean" or "median", what fills a number; "error" has none to fill.

    Returns:
        The table with the vocabulary of the training part, and the parts encoded anew: a category that the training
        part has not is 0.

    Raises:
        ValueError: A column has no numbers in the training part; the message begins with its name.

    Example:
        >>> table = Table((Column("size"), Column("kind", ("cat", "dog", "cow"))))
        >>> train, test = np.array([[1, 3], [5, 1]], np.float32), np.array([[np.nan, 2], [4, 3]], np.float32)
        >>> table, (train, test) = fit_table(table, [train, test], "mean")
        >>> [(column.vocabulary, column.fill) for column in table.columns]
        [(None, 3.0), (('cat', 'cow'), None)]
        >>> train.tolist(), test.tolist()
        ([[1.0, 2.0], [5.0, 1.0]], [[3.0, 0.0], [4.0, 2.0]])
    """
    made = [part.copy() for part in parts]
    columns = []
    for index, column in enumerate(table.columns):
        values = [part[:, index] for part in made]
        if column.vocabulary is None:
            fill = None if missing == "error" else _fill(values[0], column.name, missing)
            for some in values:
                some[np.isnan(some)] = np.nan if fill is None else fill
            columns.append(replace(column, fill=fill))
            continue
        kept = np.unique(values[0][values[0] > 0]).astype(int)  # codes are in the order of the vocabulary
        new = np.zeros(len(column.vocabulary) + 1, np.float32)
        new[kept] = np.arange(1, len(kept) + 1)
        for some in values:
            some[:] = new[some.astype(int)]
        columns.append(replace(column, vocabulary=tuple(column.vocabulary[code - 1] for code in kept)))
    return replace(table, columns=tuple(columns)), made


def _fill(train: NDArray[np.float32], name: str, missing: str) -> float:
    there = train[~np.isnan(train)].astype(np.float64)
    if len(there) == 0:
        raise ValueError(f"column {name!r} must have a number in the training part. Received: missing values only")
    return float(np.float32(np.mean(there) if missing == "mean" else np.median(there)))
