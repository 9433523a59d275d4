"""From a file of raw columns to the samples of a model of a table."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from piste.pipelines.data.csv_file import read_csv
from piste.pipelines.data.encode_csv import encode_csv
from piste.pipelines.data.table import Table


def encoder(facts: Mapping[str, Any], delimiter: str) -> Callable[[Path], NDArray[Any]]:
    """Returns what encodes a file as training encoded its own.

    Args:
        facts: what the columns mean, from a run folder or an export.
        delimiter: between the values.
    """
    table = Table.of_facts(facts)
    return lambda path: encode_csv(read_csv(path, delimiter), table)
