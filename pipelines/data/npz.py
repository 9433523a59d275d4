"""NumPy's archive of arrays, read as hostile: sizes are checked before unpacking, pickles refused."""

import difflib
import math
import struct
import tokenize
import zipfile
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from numpy.lib import format as npy
from numpy.typing import NDArray

from piste.pipelines.data.dataset import LARGEST
from piste.pipelines.errors import DataError, UntrustedError

ENCRYPTED = 0x1
PACKINGS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
# What zipfile and numpy are known to raise at damaged bytes, beside errors that say so.
BAD_ZIP = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError, struct.error)
BAD_HEADER = (ValueError, KeyError, SyntaxError, tokenize.TokenError, RecursionError, MemoryError)


def read_npz(path: Path, required: Sequence[str] | None, optional: Sequence[str] = ()) -> dict[str, NDArray[Any]]:
    """Reads named arrays of an .npz file; the other ones are not touched.

    Args:
        path: The file.
        required: Names of arrays that must be there; None reads all there are.
        optional: Names of arrays to read as well where they are there.

    Returns:
        The arrays by name.

    Raises:
        DataError: If the file is missing or damaged, lacks an array, or announces more than 4 GiB.
        UntrustedError: If an array holds Python objects, which only a pickle can store.

    Example:
        >>> import tempfile
        >>> import numpy as np
        >>> path = Path(tempfile.mkdtemp()) / "my.npz"
        >>> np.savez(path, x=np.arange(3), y=np.ones(2))
        >>> read_npz(path, ["x"], optional=["z"])
        {'x': array([0, 1, 2])}
    """
    if not path.is_file():
        raise DataError(f"{path}: expected an .npz file. There is none; check the path.")
    try:
        with zipfile.ZipFile(path) as archive:
            members = _members(archive, path)
            required = list(members) if required is None else required
            _refuse_missing(required, members, path)
            wanted = [*required, *(name for name in optional if name in members)]
            _refuse_large(sum(members[name].file_size for name in wanted), path)
            return {name: _array(archive, members[name], f"{path}: `{name}`") for name in wanted}
    except BAD_ZIP as error:
        raise DataError(f"{path}: the .npz file is damaged ({error}); write it again.") from error
    except OSError as error:
        raise DataError(f"{path}: cannot be read ({error.strerror or error}); check the file.") from error


def _members(archive: zipfile.ZipFile, path: Path) -> dict[str, zipfile.ZipInfo]:
    members: dict[str, zipfile.ZipInfo] = {}
    for info in archive.infolist():
        name = info.filename.removesuffix(".npy")
        if name in members:
            raise DataError(f"{path}: an array must be there once. Received: two named {name!r}; write it again.")
        members[name] = info
    return members


def _refuse_missing(required: Sequence[str], members: dict[str, zipfile.ZipInfo], path: Path) -> None:
    for name in required:
        if name not in members:
            near = difflib.get_close_matches(name, members, n=1)
            way_out = f"did you mean {near[0]!r}?" if near else "name the right one under `data`."
            held = ", ".join(map(repr, list(members)[:10])) or "nothing"
            raise DataError(f"{path}: expected an array {name!r}. The file holds {held}; {way_out}")


def _refuse_large(size: int, path: Path) -> None:
    if size > LARGEST:
        raise DataError(
            f"{path}: the arrays may take at most {LARGEST} bytes unpacked. The file announces {size};"
            " store less, or as a smaller type."
        )


def _array(archive: zipfile.ZipFile, info: zipfile.ZipInfo, where: str) -> NDArray[Any]:
    if info.flag_bits & ENCRYPTED or info.compress_type not in PACKINGS:
        raise DataError(f"{where} must be stored or deflated, unencrypted; write it with np.savez_compressed.")
    _check_header(archive, info, where)
    with archive.open(info) as stream:
        array: NDArray[Any] = npy.read_array(stream, allow_pickle=False)
        return array


def _check_header(archive: zipfile.ZipFile, info: zipfile.ZipInfo, where: str) -> None:
    """The size in the header must be the member's own: NumPy allocates by the header alone."""
    with archive.open(info) as stream:
        try:
            version = npy.read_magic(stream)
            read = {(1, 0): npy.read_array_header_1_0, (2, 0): npy.read_array_header_2_0}[version]
            shape, _, dtype = read(stream)
        except BAD_HEADER as error:
            raise DataError(f"{where} has no readable .npy header; write it with np.savez.") from error
        start = stream.tell()
    if dtype.hasobject:
        raise UntrustedError(
            f"{where} must hold numbers. Received: Python objects, which only unpickling could read, and that"
            " runs code; store plain arrays."
        )
    size = math.prod(shape) * dtype.itemsize
    if min(shape, default=0) < 0 or start + size != info.file_size:
        raise DataError(
            f"{where} announces {size} bytes (shape {shape}). The archive holds {info.file_size - start};"
            " the file is damaged, write it again."
        )
