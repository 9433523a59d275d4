"""Samples from image files, made into the shape that a model takes."""

import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from piste.pipelines.errors import DataError
from piste.pipelines.predict.batch import Batch, fitted

SUFFIXES = (".bmp", ".gif", ".jpeg", ".jpg", ".png", ".tif", ".tiff", ".webp")
_MODES = {1: "L", 3: "RGB", 4: "RGBA"}
_EIGHT_BITS = ("1", "L", "LA", "P", "PA", "RGB", "RGBA", "RGBX", "CMYK", "YCbCr", "HSV", "LAB", "La", "RGBa")


def read_images(path: Path, shape: tuple[int, ...], dtype: str, size: int) -> Iterator[Batch]:
    """Reads an image, or all images of a folder and those below it in the order of their names, batch by batch.

    Every image is turned as its EXIF data say, made gray, RGB or RGBA as the model takes it, and resized where it
    has another size. Values are 0 to 255.

    Args:
        path: the file or folder.
        shape: of one sample, (height, width) or (height, width, channels).
        dtype: that the model takes.
        size: samples in a batch.

    Raises:
        DataError: if the model takes no images, or one cannot be read; it is named.
    """
    channels = shape[2] if len(shape) == 3 else 1
    if len(shape) not in (2, 3) or channels not in _MODES or np.iinfo("uint8").max > _largest(dtype):
        raise DataError(
            f"{path}: the model must take images, shape (height, width) or (height, width, 1, 3 or 4). "
            f"Received: inputs of shape {shape}, {dtype}; give .npz, .npy or .csv."
        )
    files = _files(path)
    for start in range(0, len(files), size):
        some = files[start : start + size]
        x = np.stack([_read(file, shape, _MODES[channels]) for file in some])
        names = [{"file": file.relative_to(path).as_posix() if path.is_dir() else str(file)} for file in some]
        yield Batch(fitted(x, dtype, str(path), start), names)


def _files(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    files = sorted(file for file in path.rglob("*") if file.suffix.lower() in SUFFIXES and file.is_file())
    if not files:
        raise DataError(f"{path} must hold images ({', '.join(SUFFIXES)}). Received: a folder without any.")
    return files


def _largest(dtype: str) -> float:
    return float(np.finfo(dtype).max if np.dtype(dtype).kind == "f" else np.iinfo(dtype).max)


def _read(file: Path, shape: tuple[int, ...], mode: str) -> NDArray[Any]:
    from PIL import Image, ImageOps

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(file) as opened:
                opened.load()
                if opened.mode not in _EIGHT_BITS:
                    raise DataError(f"{file}: an image must have 8 bits a channel. Received: mode {opened.mode}.")
                image = ImageOps.exif_transpose(opened).convert(mode)
    except (OSError, ValueError, SyntaxError, EOFError, MemoryError) as error:
        raise DataError(f"{file}: it must be an image that can be read. Received: {_reason(error)}.") from error
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise DataError(f"{file}: an image must not be that large. Received: {_reason(error)}.") from error
    height, width = shape[:2]
    if image.size != (width, height):
        image = image.resize((width, height), Image.Resampling.BILINEAR)
    return np.asarray(image, np.uint8).reshape(shape)


def _reason(error: BaseException) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0].rstrip(".")
