"""Image files to arrays of one shape."""

import warnings
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

from piste.pipelines.data.quiet import first_line
from piste.pipelines.errors import DataError

Fit = Literal["stretch", "crop", "pad"]
# Pillow's others are left out because they run programs, fetch fonts or hold no pixels.
FORMATS = ("AVIF", "BMP", "GIF", "JPEG", "JPEG2000", "PNG", "PPM", "TGA", "TIFF", "WEBP")
FILTERS = {name: Image.Resampling[name.upper()] for name in ("nearest", "box", "bilinear", "bicubic", "lanczos")}
MODES = {1: "L", 3: "RGB", 4: "RGBA"}
NAMED = 10


def read_images(
    paths: Sequence[Path],
    size: tuple[int, int],
    channels: int,
    interpolation: str = "bilinear",
    fit: Fit = "stretch",
) -> NDArray[np.uint8]:
    """Reads image files, several at a time.

    An image is turned upright by its EXIF orientation. Of an animation the first frame is read, of 16 bits a channel
    the upper 8; what is transparent becomes black, unless its transparency is kept as a channel.

    Args:
        paths: The files.
        size: Height and width of what is returned.
        channels: 1 for gray, by ITU-R 601-2's luma, 3 for RGB, 4 for RGB and opacity.
        interpolation: Pillow's filter, which smooths when an image is made smaller: one of `FILTERS`.
        fit: Where the sides have another ratio, "stretch" distorts, "crop" cuts off what is too much on both sides,
            and "pad" puts black bars there.

    Returns:
        Pixels `(n, height, width, channels)`.

    Raises:
        DataError: Files are no images or damaged; the message names ten of them.

    Example:
        >>> import tempfile
        >>> file = Path(tempfile.mkdtemp()) / "gray.png"
        >>> Image.fromarray(np.array([[0, 255]], np.uint8)).save(file)
        >>> read_images([file], (1, 2), 3).tolist()
        [[[[0, 0, 0], [255, 255, 255]]]]
    """
    pixels = np.empty((len(paths), *size, channels), np.uint8)
    formats = _formats()

    def read(index: int) -> str | None:
        try:
            pixels[index] = _read(paths[index], formats, size, MODES[channels], interpolation, fit)
        except Exception as error:  # a decoder may raise anything at bytes that somebody damaged
            return _reason(error)
        return None

    with _bombs_are_errors(), ThreadPoolExecutor() as pool:
        try:
            reasons = list(pool.map(read, range(len(paths))))
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
    bad = [f"{path}: {reason}" for path, reason in zip(paths, reasons, strict=True) if reason is not None]
    if bad:
        more = "" if len(bad) == 1 else f" So are {len(bad) - 1} more of {len(paths)} files"
        listed = "".join(f"\n  {line}" for line in bad[1:NAMED])
        raise DataError(f"{bad[0]}; remove it or get it again.{more}{':' if listed else ''}{listed}")
    return pixels


def _read(
    path: Path, formats: list[str], size: tuple[int, int], mode: str, interpolation: str, fit: Fit
) -> NDArray[np.uint8]:
    with Image.open(path, formats=formats) as opened:
        image: Image.Image = ImageOps.exif_transpose(opened)
        if image.mode in ("I", "F"):
            raise ValueError(f"pixels must be of 8 or 16 bits, received 32 (mode {image.mode})")
        if image.mode.startswith("I;16"):
            image = Image.fromarray((np.asarray(image) >> 8).astype(np.uint8))
        if image.has_transparency_data and mode != "RGBA":
            black = Image.new("RGBA", image.size, (0, 0, 0, 255))
            image = Image.alpha_composite(black, image.convert("RGBA"))
        image = image.convert(mode)
    wanted, resample = (size[1], size[0]), FILTERS[interpolation]
    if fit == "crop":
        image = ImageOps.fit(image, wanted, resample)
    elif fit == "pad":
        image = ImageOps.pad(image, wanted, resample, color=0)
    else:
        image = image.resize(wanted, resample)
    return np.asarray(image, np.uint8).reshape(*size, -1)


def _formats() -> list[str]:
    Image.init()
    return [name for name in FORMATS if name in Image.OPEN]


def image_suffixes() -> set[str]:
    """Returns the endings of the formats that are read, as in ".png"."""
    return {suffix for suffix, name in Image.registered_extensions().items() if name in FORMATS}


def _reason(error: Exception) -> str:
    if isinstance(error, UnidentifiedImageError):
        return f"expected an image ({', '.join(_formats())}). Received: none of these"
    return f"expected a whole image. Received from Pillow: {first_line(error).rstrip('.')}"


@contextmanager
def _bombs_are_errors() -> Iterator[None]:
    """Refuses images whose header announces more pixels than Pillow thinks sound, 89 million."""
    with warnings.catch_warnings():
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        yield
