"""The first layer of every model, `scale`: raw input to floats, the same in training and serving."""

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np

from piste.models.standardize import Standardize
from piste.models.table_encoding import TableEncoding

SCALES = ("none", "unit", "standardize")


def scaling_layer(scale: str, *, input_dtype: str, categories: Sequence[int] | None = None) -> Any:
    """The layer `scale`, always computed in float32.

    Args:
        scale: `none` only casts, `unit` maps an integer type's range to 0..1, `standardize` is per feature.
        input_dtype: The stored type of the input, as NumPy names it.
        categories: For the columns of a table, the number of categories of each, 0 for a number; these become
            one-hot, whatever the scale.

    Raises:
        ValueError: `scale` is unknown, or `unit` meets floats.
    """
    if categories is not None and scale in ("standardize", "none"):
        return TableEncoding(categories, name="scale", dtype="float32")
    if scale == "standardize":
        return Standardize(name="scale", dtype="float32")
    if scale == "none":
        return keras.layers.Rescaling(1.0, name="scale", dtype="float32")
    if scale != "unit":
        raise ValueError(f"`scale` must be one of {', '.join(SCALES)}. Received: `{scale}`.")
    if np.dtype(input_dtype).kind not in "iu":
        raise ValueError(f"`scale: unit` must have integers. Received: {input_dtype}. Use `standardize` or `none`.")
    span = np.iinfo(input_dtype)
    width = float(span.max) - float(span.min)
    return keras.layers.Rescaling(1 / width, offset=-float(span.min) / width, name="scale", dtype="float32")
