"""From a file or folder to batches of samples, by its kind."""

from collections.abc import Iterator
from pathlib import Path

from piste.pipelines.data.images import image_suffixes
from piste.pipelines.errors import DataError
from piste.pipelines.predict.arrays import read_array
from piste.pipelines.predict.batch import Batch, batches_of
from piste.pipelines.predict.images import image_batches
from piste.pipelines.predict.predictor import Predictor
from piste.pipelines.predict.table import read_table

ARRAYS = (".npz", ".npy")
TABLES = (".csv", ".tsv")


def read_inputs(path: Path, model: Predictor, size: int) -> Iterator[Batch]:
    """Reads samples as a model takes them, batch by batch.

    Args:
        path: .npz, .npy, .csv, .tsv for a model of tables, an image, or a folder of images.
        model: with the shape and type of its inputs, and how they were read in training.
        size: samples in a batch.

    Raises:
        DataError: if there is nothing, the kind is unknown, or a sample does not fit.
    """
    refuse_unknown(path)
    suffix, shape, dtype = path.suffix.lower(), model.shape, model.dtype
    if suffix in TABLES and model.encode is not None:
        yield from batches_of(model.encode(path), shape, dtype, size, str(path))
    elif suffix == ".csv" and not path.is_dir():
        yield from read_table(path, shape, dtype, size)
    elif suffix in ARRAYS and not path.is_dir():
        yield from batches_of(read_array(path), shape, dtype, size, str(path))
    else:
        yield from image_batches(path, shape, dtype, size, model.interpolation, model.fit)


def refuse_unknown(path: Path) -> None:
    """Refuses what is not there or of no known kind, before a model is loaded.

    Raises:
        DataError: if so.
    """
    if not path.exists():
        raise DataError(f"Expected a file or folder of samples. Received: {path}, which is not there.")
    known = (*ARRAYS, *TABLES, *sorted(image_suffixes()))
    if not path.is_dir() and path.suffix.lower() not in known:
        raise DataError(
            f"{path} must be a folder of images or end in one of {', '.join(known)}. "
            f"Received: {path.suffix or 'no suffix'}."
        )
