"""Samples from image files, read as the source `image_folder` reads them, in the shape that a model takes."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from piste.pipelines.data.images import MODES, Fit, image_suffixes, read_images
from piste.pipelines.errors import DataError
from piste.pipelines.predict.batch import Batch, fitted


def image_batches(
    path: Path,
    shape: tuple[int, ...],
    dtype: str,
    size: int,
    interpolation: str = "bilinear",
    fit: Fit = "stretch",
) -> Iterator[Batch]:
    """Reads an image, or all images of a folder and those below it in the order of their names, batch by batch.

    Files and folders whose names begin with a dot are passed over.

    Args:
        path: the file or folder.
        shape: of one sample, (height, width) or (height, width, channels).
        dtype: that the model takes; values are 0 to 255.
        size: samples in a batch.
        interpolation: the filter that resizes; see `read_images`.
        fit: what becomes of other ratios of the sides; see `read_images`.

    Raises:
        DataError: if the model takes no images, or one cannot be read; it is named.
    """
    channels = shape[2] if len(shape) == 3 else 1
    if len(shape) not in (2, 3) or channels not in MODES or np.iinfo("uint8").max > _largest(dtype):
        raise DataError(
            f"{path}: the model must take images, shape (height, width) or (height, width, 1, 3 or 4). "
            f"Received: inputs of shape {shape}, {dtype}; give .npz, .npy or .csv."
        )
    files = _files(path)
    for start in range(0, len(files), size):
        some = files[start : start + size]
        x = read_images(some, (shape[0], shape[1]), channels, interpolation, fit).reshape(-1, *shape)
        names = [{"file": file.relative_to(path).as_posix() if path.is_dir() else str(file)} for file in some]
        yield Batch(fitted(x, dtype, str(path), start), names)


def _files(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    suffixes = image_suffixes()
    files = sorted(
        file
        for file in path.rglob("*")
        if file.suffix.lower() in suffixes and file.is_file() and not _hidden(file.relative_to(path))
    )
    if not files:
        raise DataError(f"{path} must hold images ({', '.join(sorted(suffixes))}). Received: a folder without any.")
    return files


def _hidden(path: Path) -> bool:
    """Whether training would pass it over: what other programs leave behind begins with a dot."""
    return any(part.startswith(".") for part in path.parts)


def _largest(dtype: str) -> float:
    return float(np.finfo(dtype).max if np.dtype(dtype).kind == "f" else np.iinfo(dtype).max)
