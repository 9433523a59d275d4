"""The file format of MNIST and its successors: big-endian sizes, then the bytes of one array."""

import gzip
import math
import zlib
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from piste.pipelines.data.dataset import LARGEST
from piste.pipelines.errors import DataError

# The format's codes; 0x0A is not used by it.
DTYPES = {0x08: "u1", 0x09: "i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}
CHUNK = 2**20


def read_idx(path: Path) -> NDArray[Any]:
    """Reads one IDX file, raw or gzipped; which of the two is told by its first bytes, not by its name.

    No more is ever decompressed than the header says, and the header may say at most 4 GiB.

    Args:
        path: The file.

    Returns:
        The array, in the machine's byte order.

    Raises:
        DataError: If the file is missing, damaged, longer or shorter than its header says, or not IDX at all.

    Example:
        >>> import tempfile
        >>> path = Path(tempfile.mkdtemp()) / "labels-idx1-ubyte"
        >>> _ = path.write_bytes(bytes([0, 0, 8, 1, 0, 0, 0, 3, 7, 8, 9]))
        >>> read_idx(path)
        array([7, 8, 9], dtype=uint8)

    References:
        LeCun, Cortes and Burges (1998), The MNIST database of handwritten digits.
    """
    if not path.is_file():
        raise DataError(f"{path}: expected an IDX file. There is none; check the name of the folder.")
    try:
        with path.open("rb") as file:
            zipped = file.read(2) == b"\x1f\x8b"
            file.seek(0)
            if not zipped:
                return _read(file, path)
            with gzip.open(file) as stream:
                return _read(stream, path)  # type: ignore[arg-type]
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise DataError(f"{path}: the gzip stream is damaged ({error}); get the file again.") from error
    except OSError as error:
        raise DataError(f"{path}: cannot be read ({error.strerror}); check the file.") from error


def _read(stream: BinaryIO, path: Path) -> NDArray[Any]:
    dtype, shape = _header(stream, path)
    size = math.prod(shape) * dtype.itemsize
    if size > LARGEST:
        raise DataError(
            f"{path}: an IDX file may hold at most {LARGEST} bytes. The header announces {size}"
            f" (shape {shape}); the file is damaged, or use another format."
        )
    content = bytearray()
    while len(content) < size:
        chunk = stream.read(min(CHUNK, size - len(content)))
        if not chunk:
            raise DataError(
                f"{path}: the header announces {size} bytes (shape {shape}). The file holds {len(content)};"
                " it is truncated, get it again."
            )
        content += chunk
    if stream.read(1):
        raise DataError(
            f"{path}: the header announces {size} bytes (shape {shape}). More bytes follow;"
            " the file is damaged, get it again."
        )
    array = np.frombuffer(content, dtype).reshape(shape)
    return array.astype(dtype.newbyteorder("="), copy=False)


def _header(stream: BinaryIO, path: Path) -> tuple[np.dtype[Any], tuple[int, ...]]:
    magic = stream.read(4)
    if len(magic) < 4 or magic[:2] != b"\0\0" or magic[2] not in DTYPES or magic[3] == 0:
        codes = ", ".join(f"0x{code:02X}" for code in DTYPES)
        raise DataError(
            f"{path}: an IDX file starts with two zero bytes, a type ({codes}) and a number of dimensions."
            f" Received: {magic.hex(' ') or 'an empty file'}; it is not an IDX file."
        )
    rank = magic[3]
    sizes = stream.read(4 * rank)
    if len(sizes) < 4 * rank:
        raise DataError(
            f"{path}: the header announces {rank} dimensions. The file ends inside the header;"
            " it is truncated, get it again."
        )
    return np.dtype(DTYPES[magic[2]]), tuple(int(size) for size in np.frombuffer(sizes, ">u4"))
