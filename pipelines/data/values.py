"""Numbers that a model can take: real, finite, in the machine's byte order and no wider than float32."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from piste.pipelines.errors import DataError


def checked_values(array: NDArray[Any], where: str, what: str, *, missing: bool = False) -> NDArray[Any]:
    """Checks an array of inputs or targets.

    Integers and narrow floats stay as they are stored; wider floats become float32, as Keras makes them.

    Args:
        array: What was read, one row a sample.
        where: The file or source, for messages.
        what: The array's part, for messages: "x_train".
        missing: Whether NaN is a missing value, to be filled later.

    Returns:
        The array; a copy only where the type had to change.

    Raises:
        DataError: If it holds no samples, something other than integers and floats, NaN, or a number that is
            not finite as float32.

    Example:
        >>> checked_values(np.array([[0.5, 1e300]]), "my.npz", "x_train")
        Traceback (most recent call last):
            ...
        piste.pipelines.errors.DataError: my.npz: `x_train` must hold finite float32 numbers. \
Received: 1e+300 at [0, 1]; remove or replace it.
    """
    if array.dtype.kind not in "iuf":
        raise DataError(
            f"{where}: `{what}` must hold integers or floats. Received: dtype {array.dtype};"
            " store numbers (booleans as uint8)."
        )
    if array.size == 0:
        raise DataError(
            f"{where}: `{what}` must hold at least one sample with at least one value."
            f" Received: shape {array.shape}; check how the data was written."
        )
    if array.dtype.kind != "f":
        return array.astype(array.dtype.newbyteorder("="), copy=False)
    with np.errstate(over="ignore"):
        narrow = np.float32 if array.dtype.itemsize > 4 else array.dtype.newbyteorder("=")
        values = array.astype(narrow, copy=False)
    if not (np.isfinite(values.min()) and np.isfinite(values.max())):
        fine = np.isfinite(values) | (np.isnan(values) if missing else False)
        if fine.all():
            return values
        bad = np.unravel_index(int(np.argmin(fine)), values.shape)
        index = ", ".join(str(int(i)) for i in bad)
        raise DataError(
            f"{where}: `{what}` must hold finite {values.dtype} numbers. Received: {array[bad]} at [{index}];"
            " remove or replace it."
        )
    return values
