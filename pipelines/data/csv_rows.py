"""Reads comma-separated values as text, row by row."""

import csv
from collections.abc import Iterator
from pathlib import Path

from piste.pipelines.data.table import SPACES
from piste.pipelines.errors import DataError


def csv_rows(path: Path, delimiter: str = ",") -> Iterator[tuple[int, list[str]]]:
    r"""Yields the header and then the rows of a file in UTF-8, with or without a byte order mark.

    Values may be quoted with `"`, then they may contain delimiters and line ends. Blank lines are passed over.

    Args:
        path: The file.
        delimiter: One character between the values.

    Yields:
        The number of each row, as a spreadsheet counts: from 1, the header's, with blank ones; and its values without
        spaces at their ends.

    Raises:
        DataError: The file is missing or no text, or a row has more or fewer values than the header.

    Example:
        >>> import tempfile
        >>> path = Path(tempfile.mkdtemp()) / "pets.csv"
        >>> _ = path.write_text('kind, name\ncat,Tom\n\ndog,"Rex, the\nfirst"\n')
        >>> list(csv_rows(path))
        [(1, ['kind', 'name']), (2, ['cat', 'Tom']), (4, ['dog', 'Rex, the\nfirst'])]
    """
    if not path.is_file():
        raise DataError(f"{path}: expected a file of comma-separated values. There is none; check the path.")
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            yield from _rows(path, csv.reader(file, delimiter=delimiter, strict=True), delimiter)
    except UnicodeDecodeError as error:
        raise DataError(
            f"{path}: expected UTF-8 text. Received: byte 0x{error.object[error.start]:02X} that is none;"
            " save the file as UTF-8."
        ) from error
    except OSError as error:
        raise DataError(f"{path}: cannot be read ({error.strerror}); check the file.") from error


def _rows(path: Path, reader: Iterator[list[str]], delimiter: str) -> Iterator[tuple[int, list[str]]]:
    row, width = 0, 0
    while True:
        row += 1
        try:
            values = next(reader, None)
        except csv.Error as error:
            raise DataError(f"{path}: row {row} is no comma-separated values ({error}); check its quotes.") from error
        if values is None:
            return
        if not values:
            continue
        width = width or len(values)
        if len(values) != width:
            raise DataError(
                f"{path}: row {row} must have {width} values, as the header has. Received: {len(values)};"
                f" correct it, or see whether values are divided by {delimiter!r}."
            )
        yield row, [value.strip(SPACES) for value in values]
