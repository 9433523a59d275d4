"""Reads comma-separated values as text, column by column."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from piste.pipelines.data.csv_rows import csv_rows
from piste.pipelines.data.dataset import LARGEST
from piste.pipelines.errors import DataError


@dataclass(frozen=True, eq=False)
class CsvFile:
    """What a file holds.

    Attributes:
        path: The file.
        columns: The texts of each column by the name in the header, without spaces at their ends.
        rows: The row of each text, as a spreadsheet counts: from 1, the header's, with blank ones.
    """

    path: Path
    columns: dict[str, list[str]]
    rows: list[int]

    def place(self, index: int, column: str | None = None) -> str:
        """Returns where a value stands, for messages."""
        return f"{self.path}: row {self.rows[index]}" + ("" if column is None else f", column {column!r}")


def read_csv(path: Path, delimiter: str = ",") -> CsvFile:
    r"""Reads a file with a header; see `csv_rows`.

    Args:
        path: The file.
        delimiter: One character between the values.

    Returns:
        All values as text.

    Raises:
        DataError: The file is missing, no text or too large, has no header or no rows, names a column twice, or a row
            has more or fewer values than the header.

    Example:
        >>> import tempfile
        >>> path = Path(tempfile.mkdtemp()) / "pets.csv"
        >>> _ = path.write_text('kind, name\ncat,Tom\n\ndog,Rex\n')
        >>> read_csv(path).columns, read_csv(path).rows
        ({'kind': ['cat', 'dog'], 'name': ['Tom', 'Rex']}, [2, 4])
    """
    if path.is_file() and path.stat().st_size > LARGEST:
        raise DataError(
            f"{path}: the file may have at most {LARGEST} bytes. Received: {path.stat().st_size};"
            " take a part of the rows, or write arrays to .npz files."
        )
    header: list[str] = []
    columns: list[list[str]] = []
    rows: list[int] = []
    known: dict[str, str] = {}  # one object for equal texts
    for row, values in csv_rows(path, delimiter):
        if not header:
            header = values
            _check_header(path, header)
            columns = [[] for _ in header]
            continue
        for column, value in zip(columns, values, strict=True):
            column.append(known.setdefault(value, value))
        rows.append(row)
    if not rows:
        held = "a header alone" if header else "nothing"
        raise DataError(f"{path}: expected a header and at least one row. The file holds {held}; check the file.")
    return CsvFile(path, dict(zip(header, columns, strict=True)), rows)


def _check_header(path: Path, header: Sequence[str]) -> None:
    for index, name in enumerate(header):
        if name in header[:index]:
            raise DataError(f"{path}: every column must have a name of its own. Received: two named {name!r}.")
        if not name:
            raise DataError(
                f"{path}: every column must have a name. Received: none for column {index + 1};"
                " add one, or leave an index without a name out when the file is written."
            )
