"""The IDX format: every type it knows, and every way a file can be wrong."""

import gzip
import re
import struct
import tracemalloc
from pathlib import Path

import numpy as np
import pytest

from piste.pipelines.data.idx import read_idx
from piste.pipelines.errors import DataError

SMALL = bytes([0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 3, 1, 2, 3, 4, 5, 6])


def written(folder: Path, content: bytes, name: str = "a-idx") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("name", ["a-idx.gz", "misnamed-idx"])
def test_raw_and_gzipped_files_are_told_by_their_bytes(tmp_path: Path, name: str) -> None:
    for content in (SMALL, gzip.compress(SMALL)):
        array = read_idx(written(tmp_path, content, name))
        assert array.dtype == np.uint8 and array.tolist() == [[1, 2, 3], [4, 5, 6]]


@pytest.mark.parametrize(
    ("code", "letter", "dtype", "values"),
    [
        (0x08, "B", "uint8", [0, 255]),
        (0x09, "b", "int8", [-128, 127]),
        (0x0B, "h", "int16", [-32768, 258]),
        (0x0C, "i", "int32", [-(2**31), 16909060]),
        (0x0D, "f", "float32", [-1.5, 3.0e38]),
        (0x0E, "d", "float64", [0.1, 1e300]),
    ],
)
def test_all_types_of_the_format(tmp_path: Path, code: int, letter: str, dtype: str, values: list[float]) -> None:
    content = bytes([0, 0, code, 1]) + struct.pack(f">I2{letter}", 2, *values)
    array = read_idx(written(tmp_path, content))
    assert array.dtype == np.dtype(dtype) and array.dtype.isnative
    assert array.tolist() == np.array(values, dtype).tolist()


BAD = {
    "empty": (b"", "an IDX file starts with two zero bytes, a type (0x08, 0x09, 0x0B, 0x0C, 0x0D, 0x0E) and a"
              " number of dimensions. Received: an empty file; it is not an IDX file."),
    "text": (b"label,pixel1\n", "Received: 6c 61 62 65; it is not an IDX file."),
    "unknown type": (bytes([0, 0, 0x0A, 1]) + SMALL[4:], "Received: 00 00 0a 01; it is not an IDX file."),
    "no dimensions": (bytes([0, 0, 8, 0, 7]), "Received: 00 00 08 00; it is not an IDX file."),
    "short header": (SMALL[:9], "announces 2 dimensions. The file ends inside the header; it is truncated"),
    "short content": (SMALL[:-1], "announces 6 bytes (shape (2, 3)). The file holds 5; it is truncated"),
    "no content": (SMALL[:12], "announces 6 bytes (shape (2, 3)). The file holds 0; it is truncated"),
    "long content": (SMALL + b"x", "announces 6 bytes (shape (2, 3)). More bytes follow; the file is"),
    "too large": (bytes([0, 0, 8, 2]) + struct.pack(">II", 2**31, 3),
                  "an IDX file may hold at most 4294967296 bytes. The header announces 6442450944"),
    "lying header": (bytes([0, 0, 8, 1]) + struct.pack(">I", 2**32 - 1) + b"xx",
                     "the header announces 4294967295 bytes (shape (4294967295,)). The file holds 2;"),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD)
@pytest.mark.parametrize("packed", [False, True])
def test_a_wrong_file_is_named_with_what_is_wrong(tmp_path: Path, case: str, packed: bool) -> None:
    content, message = BAD[case]
    path = written(tmp_path, gzip.compress(content) if packed else content)
    with pytest.raises(DataError, match=re.escape(f"{path}: ") + ".*" + re.escape(message)):
        read_idx(path)


def test_a_gzip_bomb_is_left_unread(tmp_path: Path) -> None:
    path = written(tmp_path, gzip.compress(SMALL + bytes(50_000_000)))
    tracemalloc.start()
    try:
        with pytest.raises(DataError, match="More bytes follow; the file is damaged, get it again"):
            read_idx(path)
        assert tracemalloc.get_traced_memory()[1] < 5_000_000
    finally:
        tracemalloc.stop()


def test_every_truncation_of_a_gzip_stream_is_told(tmp_path: Path) -> None:
    packed = gzip.compress(SMALL)
    for length in range(2, len(packed)):
        with pytest.raises(DataError, match="the gzip stream is damaged"):
            read_idx(written(tmp_path, packed[:length]))


def test_flipped_bits_in_a_gzip_stream_are_told_or_harmless(tmp_path: Path) -> None:
    packed = bytearray(gzip.compress(SMALL, mtime=0))
    told = 0
    for bit in range(8 * len(packed)):
        damaged = bytearray(packed)
        damaged[bit // 8] ^= 1 << bit % 8
        try:
            array = read_idx(written(tmp_path, bytes(damaged)))
        except DataError:
            told += 1
        else:
            assert array.tolist() == [[1, 2, 3], [4, 5, 6]], bit
    assert told > 4 * len(packed)


def test_garbage_after_a_gzip_stream_is_told(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="the gzip stream is damaged"):
        read_idx(written(tmp_path, gzip.compress(SMALL) + b"garbage"))


def test_a_missing_file_and_a_folder_are_told(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(DataError, match=re.escape(f"{path}: expected an IDX file. There is none;")):
            read_idx(path)
