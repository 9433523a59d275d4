"""From a file or folder to batches of samples, by its kind."""

from collections.abc import Iterator
from pathlib import Path

from piste.pipelines.errors import DataError
from piste.pipelines.predict.arrays import read_array
from piste.pipelines.predict.batch import Batch, batches_of
from piste.pipelines.predict.images import SUFFIXES, read_images
from piste.pipelines.predict.table import read_table

ARRAYS = (".npz", ".npy")


def read_inputs(path: Path, shape: tuple[int, ...], dtype: str, size: int) -> Iterator[Batch]:
    """Reads samples of a model's shape and type, batch by batch.

    Args:
        path: .npz, .npy, .csv, an image, or a folder of images.
        shape: of one sample.
        dtype: that the model takes.
        size: samples in a batch.

    Raises:
        DataError: if there is nothing, the kind is unknown, or a sample does not fit.
    """
    refuse_unknown(path)
    suffix = path.suffix.lower()
    if suffix == ".csv" and not path.is_dir():
        yield from read_table(path, shape, dtype, size)
    elif suffix in ARRAYS and not path.is_dir():
        yield from batches_of(read_array(path), shape, dtype, size, str(path))
    else:
        yield from read_images(path, shape, dtype, size)


def refuse_unknown(path: Path) -> None:
    """Refuses what is not there or of no known kind, before a model is loaded.

    Raises:
        DataError: if so.
    """
    if not path.exists():
        raise DataError(f"Expected a file or folder of samples. Received: {path}, which is not there.")
    known = (*ARRAYS, ".csv", *SUFFIXES)
    if not path.is_dir() and path.suffix.lower() not in known:
        raise DataError(
            f"{path} must be a folder of images or end in one of {', '.join(known)}. "
            f"Received: {path.suffix or 'no suffix'}."
        )
