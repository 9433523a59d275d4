"""New rows of a table as a trained model takes them."""

import numpy as np
from numpy.typing import NDArray

from piste.pipelines.data.csv_columns import categories, numbers
from piste.pipelines.data.csv_file import CsvFile
from piste.pipelines.data.table import MISSING, Table, codes
from piste.pipelines.errors import DataError


def encode_csv(file: CsvFile, table: Table) -> NDArray[np.float32]:
    """Encodes a file's rows by the vocabularies and fills that were fitted to the training part.

    Args:
        file: With the table's columns; others are not looked at.
        table: From the run that is to predict.

    Returns:
        Samples (n, columns); a category that training has not seen is 0.

    Raises:
        DataError: A column is missing, or a value is no number where one is needed.
    """
    gone = (MISSING, *table.missing_values)
    columns = []
    for column in table.columns:
        if column.name not in file.columns:
            raise DataError(f"{file.path}: expected the columns of the training file. There is no {column.name!r}.")
        if column.vocabulary is not None:
            columns.append(codes(categories(file, column.name, gone), column.vocabulary))
            continue
        values = numbers(file, column.name, gone, needed=column.fill is None)
        columns.append(values if column.fill is None else np.where(np.isnan(values), np.float32(column.fill), values))
    return np.column_stack(columns)
