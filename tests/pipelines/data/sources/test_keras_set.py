"""Keras's sets, read from a cache with made-up files in Keras's format; the network is never asked."""

import gzip
import re
import struct
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from piste.pipelines.config.load import load_config
from piste.pipelines.config.schema.keras_set import KerasSet
from piste.pipelines.data.sources.keras_set import KERAS_SETS, load_keras_set
from piste.pipelines.errors import DataError

RANDOM = np.random.default_rng(0)
IMAGES, LABELS = RANDOM.integers(0, 256, (30, 28, 28), dtype=np.uint8), (np.arange(30) % 10).astype("uint8")


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    def no_network(*arguments: Any, **settings: Any) -> None:
        raise AssertionError("the network was asked")

    monkeypatch.setattr("keras.src.utils.file_utils.urlretrieve", no_network)
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    (tmp_path / "datasets").mkdir()
    return tmp_path / "datasets"


def test_made_up_mnist(cache: Path) -> None:
    np.savez(cache / "mnist.npz", x_train=IMAGES[:20], y_train=LABELS[:20], x_test=IMAGES[20:], y_test=LABELS[20:])
    data = load_keras_set("mnist")
    assert (data.name, data.task, data.input_shape, data.classes) == (
        "mnist", "classification", (28, 28), tuple("0123456789"),
    )  # fmt: skip
    assert data.test is not None
    np.testing.assert_array_equal(data.train.x, IMAGES[:20])
    np.testing.assert_array_equal(data.test.y, LABELS[20:])


def test_made_up_fashion_mnist(cache: Path) -> None:
    def idx(name: str, array: np.ndarray) -> None:
        header = struct.pack(">BBBB", 0, 0, 8, array.ndim) + struct.pack(f">{array.ndim}I", *array.shape)
        (cache / "fashion-mnist" / name).write_bytes(gzip.compress(header + array.tobytes()))

    (cache / "fashion-mnist").mkdir()
    for stem, part in (("train", slice(20)), ("t10k", slice(20, 30))):
        idx(f"{stem}-images-idx3-ubyte.gz", IMAGES[part])
        idx(f"{stem}-labels-idx1-ubyte.gz", LABELS[part])
    data = load_keras_set("fashion_mnist")
    assert data.test is not None and data.classes is not None
    np.testing.assert_array_equal(data.train.x, IMAGES[:20])
    np.testing.assert_array_equal(data.test.x, IMAGES[20:])
    assert data.classes[9] == "Ankle boot"


def test_made_up_california_housing_is_split_as_keras_splits_it(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    x, y = RANDOM.normal(size=(50, 8)), RANDOM.normal(size=50)
    np.savez(cache / "california_housing.npz", x=x, y=y)
    data = load_keras_set("california_housing")
    # Keras itself, given the made-up file in place of a download.
    module = "keras.src.datasets.california_housing.get_file"
    monkeypatch.setattr(module, lambda *_, **__: str(cache / "california_housing.npz"))
    (x_train, y_train), (x_test, y_test) = keras.datasets.california_housing.load_data(version="large")
    assert data.test is not None and data.task == "regression"
    for found, expected in ((data.train, (x_train, y_train)), (data.test, (x_test, y_test))):
        np.testing.assert_array_equal(found.x, expected[0].astype("float32"))
        np.testing.assert_array_equal(found.y[:, 0], expected[1].astype("float32"))


@pytest.mark.parametrize("name", ["mnist", "fashion_mnist", "cifar10", "cifar100", "california_housing"])
def test_nothing_is_downloaded_unasked(name: str, cache: Path) -> None:
    with pytest.raises(DataError, match=rf"keras {name}: expected .*{re.escape(str(cache))}.* `data.download: true`"):
        load_keras_set(name)


def test_offline(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def offline() -> None:
        raise Exception("URL fetch failure on mnist.npz: None -- [Errno -2] Name or service not known")

    monkeypatch.setattr("keras.datasets.mnist.load_data", offline)
    words = "keras mnist: could not be downloaded (URL fetch failure on mnist.npz: None -- [Errno -2] Name or"
    with pytest.raises(DataError, match=re.escape(words)):
        load_keras_set("mnist", download=True)


def test_a_damaged_file_is_named(cache: Path) -> None:
    (cache / "mnist.npz").write_bytes(b"PK")
    with pytest.raises(DataError, match=re.escape(f"{cache / 'mnist.npz'}: the .npz file is damaged")):
        load_keras_set("mnist")


def test_an_archive_of_pickles_must_be_the_one_that_keras_knows(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    archive = cache / "cifar-10-batches-py-target_archive"
    archive.write_bytes(b"made up")
    words = f"{archive}: expected the archive with SHA-256 6d958be07457.... Received: "
    with pytest.raises(DataError, match=re.escape(words)):
        load_keras_set("cifar10")


def test_house_prices_are_standardized_unless_said_otherwise(tmp_path: Path) -> None:
    def scale(text: str) -> str:
        (tmp_path / "net.yaml").write_text(f"data: {{source: keras, {text}}}\nmodel: {{type: mlp}}\n", encoding="utf-8")
        config = load_config(tmp_path / "net.yaml")
        (tmp_path / "resolved.yaml").write_text(config.yaml(), encoding="utf-8")
        assert load_config(tmp_path / "resolved.yaml") == config
        return str(config.data.scale)

    assert scale("name: california_housing") == "standardize"
    assert scale("name: california_housing, scale: none") == "none"
    assert scale("name: mnist") == "unit"


def test_a_config_knows_the_task_of_every_set() -> None:
    assert {name: KerasSet.model_validate({"source": "keras", "name": name}).task for name in KERAS_SETS} == {
        name: chosen.task for name, chosen in KERAS_SETS.items()
    }
