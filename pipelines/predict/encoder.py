"""From a file of raw columns to the samples of a model of a table."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from piste.pipelines.data.csv_file import read_csv
from piste.pipelines.data.encode_csv import encode_csv
from piste.pipelines.data.table import Table


def encoder(table: Table, delimiter: str) -> Callable[[Path], NDArray[Any]]:
    """Returns what encodes a file as training encoded its own.

    Args:
        table: what the columns mean.
        delimiter: between the values.
    """
    return lambda path: encode_csv(read_csv(path, delimiter), table)
