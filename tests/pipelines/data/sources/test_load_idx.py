"""A folder of IDX files as one data set."""

import gzip
import re
from pathlib import Path

import numpy as np
import pytest

from piste.pipelines.data.sources.idx import load_idx
from piste.pipelines.errors import DataError

IMAGES = np.arange(24, dtype=np.uint8).reshape(4, 2, 3)
LABELS = np.array([0, 1, 2, 1], np.uint8)
NAMES = (
    "train-images-idx3-ubyte",
    "train-labels-idx1-ubyte",
    "t10k-images-idx3-ubyte",
    "t10k-labels-idx1-ubyte",
)


def idx_bytes(array: np.ndarray) -> bytes:
    return bytes([0, 0, 8, array.ndim]) + np.array(array.shape, ">u4").tobytes() + array.tobytes()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in NAMES:
        array = IMAGES if "images" in name else LABELS
        (tmp_path / f"{name}.gz").write_bytes(gzip.compress(idx_bytes(array)))
    return tmp_path


def test_the_four_files_become_training_and_test(folder: Path) -> None:
    data = load_idx(folder, classes=["a", "b", "c"])
    assert data.test is not None
    for part in (data.train, data.test):
        assert np.array_equal(part.x, IMAGES) and part.y.tolist() == [0, 1, 2, 1]
    assert (data.name, data.classes, data.input_dtype) == (folder.name, ("a", "b", "c"), "uint8")


def test_a_raw_file_is_read_before_a_gzipped_one(folder: Path) -> None:
    (folder / NAMES[0]).write_bytes(idx_bytes(IMAGES + np.uint8(1)))
    assert np.array_equal(load_idx(folder).train.x, IMAGES + 1)


def test_without_test_files_there_is_no_test_part(folder: Path) -> None:
    for name in NAMES[2:]:
        (folder / f"{name}.gz").unlink()
    assert load_idx(folder).test is None


def test_other_ranks_may_be_in_the_name(folder: Path) -> None:
    (folder / f"{NAMES[0]}.gz").unlink()
    (folder / "train-images-idx4-ubyte").write_bytes(idx_bytes(IMAGES[..., None]))
    for name in NAMES[2:]:
        (folder / f"{name}.gz").unlink()
    assert load_idx(folder).input_shape == (2, 3, 1)


def test_a_missing_folder_is_told(tmp_path: Path) -> None:
    path = tmp_path / "nowhere"
    expected = f"{path}: expected a folder of IDX files. There is none; check `data.directory`."
    with pytest.raises(DataError, match=re.escape(expected)):
        load_idx(path)


def test_a_folder_without_training_files_is_told(tmp_path: Path) -> None:
    expected = f"{tmp_path}: expected train-images-idx* and train-labels-idx*, raw or .gz. The folder holds "
    with pytest.raises(DataError, match=re.escape(expected + "nothing; check `data.directory`.")):
        load_idx(tmp_path)
    (tmp_path / "images.zip").touch()
    with pytest.raises(DataError, match=re.escape(expected + "'images.zip'; check `data.directory`.")):
        load_idx(tmp_path)


@pytest.mark.parametrize("missing", NAMES)
def test_half_a_pair_is_told(folder: Path, missing: str) -> None:
    (folder / f"{missing}.gz").unlink()
    part = missing.split("-")[0]
    expected = f"expected both {part}-images-idx* and {part}-labels-idx*."
    with pytest.raises(DataError, match=re.escape(expected) + " There is only .*; add the other one"):
        load_idx(folder)


def test_images_and_labels_must_be_as_many(folder: Path) -> None:
    (folder / NAMES[1]).write_bytes(idx_bytes(LABELS[:3]))
    expected = f"{folder}: `x_train` and `y_train` must hold the same number of samples."
    with pytest.raises(DataError, match=re.escape(expected + " Received: shapes (4, 2, 3) and (3,);")):
        load_idx(folder)


def test_a_damaged_file_is_named(folder: Path) -> None:
    (folder / NAMES[0]).write_bytes(idx_bytes(IMAGES)[:-1])
    with pytest.raises(DataError, match=re.escape(f"{folder / NAMES[0]}: the header announces 24 bytes")):
        load_idx(folder)
