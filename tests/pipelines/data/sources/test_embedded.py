"""The embedded Fashion-MNIST: the right images, whole and under their licence."""

import gzip
import hashlib
import re
import zipfile
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest

from piste.pipelines.data.embedded.build import build
from piste.pipelines.data.sources.embedded import load_embedded
from piste.pipelines.errors import DataError

# Taken from the first 10,000 and 2,000 images of the four original files, not from what is embedded.
SHA256 = {
    "x_train": "2929ae1c7b89e0ee6587bbe4911fd5f0a5dafe21ae6ed9b737173cbfe20c12c9",
    "y_train": "1022e4632874e71bb84d924c475e6a3428a2deeb8c5a0f612a015c97e4fce7f0",
    "x_test": "09bbac78738f0229a68f7ca74e62665d7fb34f45ea7a3509ab5c4a202c1370de",
    "y_test": "a86243d2b2400909bc0a82f5fd5c9df83bf827852a1543e3dc70af890035a9d4",
}


def test_the_images_are_the_original_ones() -> None:
    data = load_embedded()
    assert data.test is not None and data.validation is None
    parts = {
        "x_train": data.train.x,
        "y_train": data.train.y.astype(np.uint8),
        "x_test": data.test.x,
        "y_test": data.test.y.astype(np.uint8),
    }
    assert {name: hashlib.sha256(part.tobytes()).hexdigest() for name, part in parts.items()} == SHA256
    assert data.train.x.shape == (10_000, 28, 28) and data.test.x.shape == (2_000, 28, 28)
    assert data.input_dtype == "uint8" and data.train.y.dtype == np.int32


def test_the_classes_are_named_and_nearly_balanced() -> None:
    data = load_embedded()
    assert data.classes is not None and data.test is not None
    assert (data.classes[0], data.classes[9], data.outputs) == ("T-shirt/top", "Ankle boot", 10)
    assert np.bincount(data.train.y).tolist() == [942, 1027, 1016, 1019, 974, 989, 1021, 1022, 990, 1000]
    assert np.bincount(data.test.y).tolist() == [200, 203, 214, 190, 219, 195, 197, 200, 194, 188]


def test_own_class_names_take_the_place_of_the_set_s() -> None:
    assert load_embedded(classes=[f"class {i}" for i in range(10)]).classes == tuple(f"class {i}" for i in range(10))


def test_the_fingerprint_names_the_release() -> None:
    assert load_embedded().fingerprint == "f24228870d07211fb07a06019cb8960d105966110118809777274a6a57a9871b"


def test_the_package_stays_small_and_carries_the_licence() -> None:
    folder = files("piste.pipelines.data.embedded")
    assert len(folder.joinpath("fashion_mnist.npz").read_bytes()) < 5_500_000
    licence = folder.joinpath("LICENSE.fashion-mnist").read_text(encoding="utf-8")
    assert "2017 Zalando SE" in licence and "THE SOFTWARE IS PROVIDED" in licence


def test_other_names_are_refused() -> None:
    expected = "embedded data must be 'fashion_mnist'. Received: 'mnist'; use source tfds for others."
    with pytest.raises(DataError, match=re.escape(expected)):
        load_embedded("mnist")


def test_the_build_takes_the_first_images_and_repeats_its_bytes(tmp_path: Path) -> None:
    images = np.arange(10_001 * 4, dtype=np.uint32).astype(np.uint8).reshape(10_001, 2, 2)
    labels = np.arange(10_001, dtype=np.uint32).astype(np.uint8)
    for part in ("train", "t10k"):
        for name, array in (
            (f"{part}-images-idx3-ubyte.gz", images),
            (f"{part}-labels-idx1-ubyte.gz", labels),
        ):
            header = bytes([0, 0, 8, array.ndim]) + np.array(array.shape, ">u4").tobytes()
            (tmp_path / name).write_bytes(gzip.compress(header + array.tobytes()))
    build(tmp_path, tmp_path / "one.npz")
    build(tmp_path, tmp_path / "two.npz")
    assert (tmp_path / "one.npz").read_bytes() == (tmp_path / "two.npz").read_bytes()
    with zipfile.ZipFile(tmp_path / "one.npz") as archive:
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}  # not the clock's
    with np.load(tmp_path / "one.npz", allow_pickle=False) as built:
        assert np.array_equal(built["x_train"], images[:10_000])
        assert np.array_equal(built["y_train"], labels[:10_000])
        assert np.array_equal(built["x_test"], images[:2_000])
        assert np.array_equal(built["y_test"], labels[:2_000])
