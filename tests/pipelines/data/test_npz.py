"""NumPy archives, read as hostile."""

import io
import re
import struct
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from piste.pipelines.data.npz import read_npz
from piste.pipelines.errors import DataError, UntrustedError


def saved(folder: Path, **arrays: Any) -> Path:
    np.savez(folder / "a.npz", **arrays)
    return folder / "a.npz"


def npy_bytes(shape: str, descr: str = "'|u1'", content: bytes = b"") -> bytes:
    header = f"{{'descr': {descr}, 'fortran_order': False, 'shape': {shape}, }}".encode()
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header + content


def zipped(folder: Path, *members: tuple[str, bytes], packing: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(folder / "a.npz", "w", packing) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return folder / "a.npz"


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
def test_arrays_come_back_as_stored(tmp_path: Path, save: Any) -> None:
    arrays = {
        "a": np.arange(6, dtype=np.uint8).reshape(2, 3),
        "b": np.asfortranarray(np.arange(6.0).reshape(3, 2)),
        "c": np.arange(3, dtype=">i4"),
    }
    save(tmp_path / "x.npz", **arrays)
    read = read_npz(tmp_path / "x.npz", ["c", "a"], optional=["b", "missing"])
    assert list(read) == ["c", "a", "b"]
    for name, array in read.items():
        assert array.dtype == arrays[name].dtype and np.array_equal(array, arrays[name])


def test_a_missing_array_is_named_with_the_nearest(tmp_path: Path) -> None:
    path = saved(tmp_path, x_trian=np.ones(2), other=np.ones(2))
    expected = f"{path}: expected an array 'x_train'. The file holds 'x_trian', 'other'; did you mean 'x_trian'?"
    with pytest.raises(DataError, match=re.escape(expected)):
        read_npz(path, ["x_train"])
    with pytest.raises(DataError, match="The file holds 'arr_0'; name the right one under `data`"):
        read_npz(saved(tmp_path, arr_0=np.ones(2)), ["x_train"])


def test_pickles_are_refused_and_never_run(tmp_path: Path) -> None:
    class Bomb:
        def __reduce__(self) -> tuple[Any, ...]:
            return (Path.touch, (tmp_path / "ran",))

    path = saved(tmp_path, x=np.array([Bomb()], dtype=object))
    with pytest.raises(UntrustedError, match=r"`x` must hold numbers\. Received: Python objects"):
        read_npz(path, ["x"])
    with pytest.raises(UntrustedError):
        read_npz(saved(tmp_path, x=np.array([(1, None)], dtype=[("a", "i4"), ("b", "O")])), ["x"])
    assert not (tmp_path / "ran").exists()


def test_arrays_that_nobody_asked_for_are_not_touched(tmp_path: Path) -> None:
    path = saved(tmp_path, x=np.ones(2), evil=np.array([{}], dtype=object))
    assert read_npz(path, ["x"])["x"].tolist() == [1, 1]


def test_a_zip_bomb_is_refused_by_its_declared_size(tmp_path: Path) -> None:
    huge = zipped(tmp_path, ("x.npy", npy_bytes("(3,)")), ("y.npy", npy_bytes("(3,)")))
    content = bytearray(huge.read_bytes())
    for entry in re.finditer(rb"PK\x01\x02", bytes(content)):
        content[entry.start() + 24 : entry.start() + 28] = struct.pack("<I", 2**31 + 1)
    huge.write_bytes(content)
    with pytest.raises(DataError, match=r"at most 4294967296 bytes unpacked\. The file announces 4294967298;"):
        read_npz(huge, ["x", "y"])


@pytest.mark.parametrize("shape", ["(10**12,)", "(1000000000000,)", "(4,)", "(2,)", "(-3,)", "()"])
def test_a_header_that_lies_about_the_size_is_refused_before_allocation(tmp_path: Path, shape: str) -> None:
    path = zipped(tmp_path, ("x.npy", npy_bytes(shape, content=b"abc")))
    with pytest.raises(DataError, match=r"`x` (announces .* the file is damaged|has no readable \.npy header)"):
        read_npz(path, ["x"])


def test_a_truncated_member_is_refused(tmp_path: Path) -> None:
    path = zipped(tmp_path, ("x.npy", npy_bytes("(7,)", content=b"abc")))
    expected = f"{path}: `x` announces 7 bytes (shape (7,)). The archive holds 3; the file is damaged"
    with pytest.raises(DataError, match=re.escape(expected)):
        read_npz(path, ["x"])


@pytest.mark.parametrize(
    "header",
    [
        b"",
        b"not an array",
        b"\x93NUMPY\x09\x00",
        npy_bytes("((((((((1,)", content=b"a"),
        npy_bytes("(" * 4000 + ")" * 4000),
        npy_bytes("-" * 9000 + "1"),
        npy_bytes("(1,)", descr="'nonsense'", content=b"a"),
        npy_bytes("(1,)", descr="'|u1', 'x': __import__('os')", content=b"a"),
    ],
)
def test_an_unreadable_header_is_refused(tmp_path: Path, header: bytes) -> None:
    with pytest.raises(DataError, match=r"`x` has no readable \.npy header; write it with np\.savez\."):
        read_npz(zipped(tmp_path, ("x.npy", header)), ["x"])


def test_two_arrays_of_one_name_are_refused(tmp_path: Path) -> None:
    path = zipped(tmp_path, ("x", npy_bytes("(0,)")), ("x.npy", npy_bytes("(0,)")))
    with pytest.raises(DataError, match=r"an array must be there once\. Received: two named 'x'; write it"):
        read_npz(path, ["x"])


def test_foreign_packings_and_encryption_are_refused(tmp_path: Path) -> None:
    path = zipped(tmp_path, ("x.npy", npy_bytes("(0,)")), packing=zipfile.ZIP_LZMA)
    with pytest.raises(DataError, match=r"`x` must be stored or deflated, unencrypted; write it with np\.savez_"):
        read_npz(path, ["x"])
    content = bytearray(zipped(tmp_path, ("x.npy", npy_bytes("(0,)"))).read_bytes())
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(signature) + offset] |= 1
    path.write_bytes(content)
    with pytest.raises(DataError, match="must be stored or deflated, unencrypted"):
        read_npz(path, ["x"])


def test_damage_anywhere_is_told_or_harmless(tmp_path: Path) -> None:
    """Any one byte changed or the tail cut off: the right array, or an error of ours and no other."""
    stream = io.BytesIO()
    array = np.arange(40, dtype=np.int16).reshape(8, 5)
    np.savez_compressed(stream, x=array)
    whole = stream.getvalue()
    changed = [whole[:i] + bytes([whole[i] ^ mask]) + whole[i + 1 :] for i in range(len(whole)) for mask in (1, 128)]
    path = tmp_path / "a.npz"
    told = 0
    for content in (*changed, *(whole[:length] for length in range(len(whole)))):
        path.write_bytes(content)
        try:
            read = read_npz(path, ["x"])["x"]
        except (DataError, UntrustedError) as error:
            assert str(path) in str(error)
            told += 1
        else:
            assert np.array_equal(read, array)
    assert told > len(whole)


def test_a_missing_file_and_a_folder_are_told(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "nowhere.npz"):
        with pytest.raises(DataError, match=re.escape(f"{path}: expected an .npz file. There is none;")):
            read_npz(path, ["x"])
