from pathlib import Path
from typing import Any

import numpy as np
import pytest

from piste.callbacks.report import read_shares, shares, write_units


def test_the_latest_file_is_read(tmp_path: Path) -> None:
    for step, share in ((50, [0.0, 1.0]), (100, [0.5, 0.25])):
        arrays: dict[str, Any] = {"active/block/act": np.array(share)}
        np.savez_compressed(tmp_path / f"{step:08d}.npz", **arrays)
    sizes: dict[str, Any] = {"size/block/act": np.array([1.0, 2.0])}
    np.savez_compressed(tmp_path / "00000150.npz", **sizes)
    read = read_shares(tmp_path)
    assert {path: share.tolist() for path, share in read.items()} == {"block/act": [0.5, 0.25]}


def test_no_folder_and_no_file_are_no_shares(tmp_path: Path) -> None:
    assert read_shares(tmp_path) == {} == read_shares(tmp_path / "missing")


def test_a_truncated_file_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "00000050.npz"
    np.savez(file, act=np.zeros(100))
    file.write_bytes(file.read_bytes()[:200])
    with pytest.raises(ValueError, match=r"Expected active shares of units in 00000050.npz.* Remove it to report"):
        read_shares(tmp_path)


def test_pickles_are_refused(tmp_path: Path) -> None:
    pickled: dict[str, Any] = {"active/act": np.array([{}], dtype=object)}
    np.savez(tmp_path / "1.npz", **pickled)
    with pytest.raises(ValueError, match="allow_pickle=False"):
        read_shares(tmp_path)


def test_a_bomb_is_refused_before_it_unpacks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    np.savez_compressed(tmp_path / "1.npz", act=np.zeros(10_000))
    monkeypatch.setattr(shares, "LARGEST", 1000)
    with pytest.raises(ValueError, match=r"at most 1,000 bytes. Received .* it unpacks to 80,"):
        read_shares(tmp_path)


def test_layers_of_any_name_are_written_and_read(tmp_path: Path) -> None:
    written = {"file": np.array([0.0, 0.5]), "block/allow_pickle": np.array([1.0]), "args#2": np.array([0.25])}
    write_units(tmp_path, 50, {"active": written, "size": {"file": np.array([3.0, 3.0])}})
    found = read_shares(tmp_path)
    assert {path: share.tolist() for path, share in found.items()} == {
        "file": [0.0, 0.5],
        "block/allow_pickle": [1.0],
        "args#2": [0.25],
    }


def test_only_the_latest_hundred_files_are_kept(tmp_path: Path) -> None:
    for step in range(1, 131):
        write_units(tmp_path, step, {"active": {"act": np.array([float(step)])}})
    assert sorted(int(file.stem) for file in tmp_path.glob("*.npz")) == list(range(31, 131))
    assert read_shares(tmp_path)["act"].tolist() == [130.0]
