"""The signature `columns` of models of tables: raw columns by name in, what the model gives out."""

import re
from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from piste.pipelines.data.table import MISSING, Column, Table

Serve = Callable[[Any], dict[str, Any]]
NAME = "columns"


def signature_names(table: Table) -> list[str]:
    """Returns the columns' names as a signature can have them: letters, digits and underscores.

    Example:
        >>> signature_names(Table((Column("age"), Column("Net worth (EUR)"), Column("2nd"), Column("2nd "))))
        ['age', 'Net_worth__EUR_', 'column_2nd', 'column_2nd_']
    """
    names: list[str] = []
    for column in table.columns:
        name = re.sub(r"\W", "_", column.name, flags=re.ASCII)
        name = name if re.match("[A-Za-z]", name) else f"column_{name}"
        while name in names:
            name += "_"
        names.append(name)
    return names


def add_columns(archive: keras.export.ExportArchive, serve: Serve, table: Table) -> None:
    """Adds the endpoint `columns` to an export, which encodes raw columns as in training.

    It takes a tensor (b,) for each column: numbers as float32, NaN where missing; categories as string, spaces at the
    ends and texts for missing values read as in the file, and a category that training has not seen is unknown.

    Args:
        archive: What is exported.
        serve: Takes encoded samples (b, columns).
        table: What the columns mean.
    """
    names = signature_names(table)
    lookups = {
        name: _lookup(column, table) for name, column in zip(names, table.columns, strict=True) if column.vocabulary
    }

    for lookup in lookups.values():
        lookup(tf.constant([MISSING]))  # Keras tracks the tables of layers that were called
        archive.track(lookup)

    def columns(raw: dict[str, Any]) -> dict[str, Any]:
        values = []
        for name, column in zip(names, table.columns, strict=True):
            given = raw[name]
            if name in lookups:
                text = tf.strings.strip(given)
                gone = tf.reduce_any(text[:, None] == tf.constant([MISSING, *table.missing_values]), axis=1)
                values.append(tf.cast(lookups[name](tf.where(gone, MISSING, text)), tf.float32))
            else:
                values.append(given if column.fill is None else tf.where(tf.math.is_nan(given), column.fill, given))
        return serve(tf.stack(values, axis=1))

    spec = {name: tf.TensorSpec([None], tf.string if name in lookups else tf.float32, name=name) for name in names}
    archive.add_endpoint(NAME, columns, [spec])


def decoded(table: Table, samples: NDArray[Any]) -> dict[str, NDArray[Any]]:
    """Returns raw columns by the signature's names that are encoded as these samples.

    Example:
        >>> decoded(Table((Column("kg"), Column("kind", ("cat", "dog")))), np.array([[4, 2], [5, 0]], np.float32))
        {'kg': array([4., 5.], dtype=float32), 'kind': array(['dog', '?'], dtype='<U3')}
    """
    raw: dict[str, NDArray[Any]] = {}
    for index, (name, column) in enumerate(zip(signature_names(table), table.columns, strict=True)):
        values = samples[:, index]
        if column.vocabulary is not None:
            texts = np.array([_unknown(column, table), *column.vocabulary])
            values = texts[values.astype(int)]
        raw[name] = values
    return raw


def _lookup(column: Column, table: Table) -> Any:
    vocabulary = list(column.vocabulary or ())
    return keras.layers.StringLookup(vocabulary=vocabulary, num_oov_indices=1, oov_token=_unknown(column, table))


def _unknown(column: Column, table: Table) -> str:
    """A text that is no category that was seen, and does not mean that the value is missing."""
    text = "?"
    while text in {*(column.vocabulary or ()), *table.missing_values}:
        text += "?"
    return text
