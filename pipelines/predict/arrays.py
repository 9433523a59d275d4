"""Samples from NumPy's files."""

import tokenize
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from piste.pipelines.data.npz import read_npz
from piste.pipelines.errors import DataError, UntrustedError


def read_array(path: Path) -> NDArray[Any]:
    """Reads the samples of an .npz file, its array `x` or the only one, or of an .npy file.

    Raises:
        DataError: if the file is damaged or it cannot be told which array is meant.
        UntrustedError: if it holds Python objects.
    """
    if path.suffix.lower() == ".npy":
        return _read_npy(path)
    arrays = read_npz(path, None)
    if "x" in arrays:
        return arrays["x"]
    if len(arrays) != 1:
        held = ", ".join(map(repr, list(arrays)[:10])) or "none"
        raise DataError(f"{path} must hold an array `x`, or one array alone. Received: {held}; store them as `x`.")
    return next(iter(arrays.values()))


def _read_npy(path: Path) -> NDArray[Any]:
    try:
        mapped: NDArray[Any] = np.load(path, mmap_mode="r", allow_pickle=False)
    except (ValueError, EOFError, OSError, SyntaxError, KeyError, tokenize.TokenError) as error:
        if "Array can't be memory-mapped: Python objects in dtype" in str(error) or "pickle" in str(error).lower():
            raise UntrustedError(
                f"{path} must hold numbers. Received: Python objects or another kind of file, which only unpickling "
                "could read, and that runs code; store plain arrays."
            ) from error
        raise DataError(f"{path}: the .npy file is damaged ({error}); write it again.") from error
    return mapped
