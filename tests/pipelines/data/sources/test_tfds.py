"""TFDS for real: its builder prepares Fashion-MNIST from local files, and the source reads what it wrote."""

import re
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
import pytest

from piste.pipelines.data.embedded.classes import FASHION_MNIST_CLASSES
from piste.pipelines.data.sources.embedded import load_embedded
from piste.pipelines.data.sources.tfds import load_tfds
from piste.pipelines.errors import DataError

TRAIN, TEST = 1_500, 300


@pytest.fixture(scope="module", autouse=True)
def offline() -> Iterator[None]:
    """No test here may reach for the network, not even to find that there is none."""

    def refuse(*arguments: Any, **rest: Any) -> NoReturn:
        raise AssertionError("the network was asked for")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", refuse)
        patch.setattr(socket, "getaddrinfo", refuse)
        yield


def numbered(n: int) -> tuple[np.ndarray, np.ndarray]:
    """Embedded images over and over, each made unique by its number in the first four pixels."""
    embedded = load_embedded().train
    images = np.resize(embedded.x, (n, 28, 28))
    images.reshape(n, -1)[:, :4] = np.arange(n, dtype=">u4")[:, None].view(np.uint8)
    return images, np.resize(embedded.y, n).astype(np.uint8)


def write_files(folder: Path, train: int, test: int) -> None:
    for part, n in (("train", train), ("t10k", test)):
        for name, array in zip(("images-idx3", "labels-idx1"), numbered(n), strict=True):
            header = bytes([0, 0, 8, array.ndim]) + np.array(array.shape, ">u4").tobytes()
            (folder / f"{part}-{name}-ubyte").write_bytes(header + array.tobytes())


def prepare(files: Path, target: Path) -> Any:
    """Has the builder prepare the data set, its download manager answered with local paths."""
    import tensorflow_datasets as tfds

    def local(manager: Any, urls: dict[str, str]) -> dict[str, str]:
        return {key: str(files / Path(url).name.removesuffix(".gz")) for key, url in urls.items()}

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tfds.download.DownloadManager, "download_and_extract", local)
        return load_tfds("fashion_mnist", directory=target, download=True)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder as TFDS leaves it, with fewer images than the original."""
    from tensorflow_datasets.image_classification import mnist

    files, target = tmp_path_factory.mktemp("files"), tmp_path_factory.mktemp("tfds")
    write_files(files, TRAIN, TEST)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(mnist, "_TRAIN_EXAMPLES", TRAIN)
        patch.setattr(mnist, "_TEST_EXAMPLES", TEST)
        prepare(files, target)
    return target


def check_all_is_there(data: Any, train: int, test: int) -> None:
    for part, n in ((data.train, train), (data.test, test)):
        images, labels = numbered(n)
        order = part.x.reshape(n, -1)[:, :4].copy().view(">u4")[:, 0]
        assert np.array_equal(np.sort(order), np.arange(n))
        assert part.x.dtype == np.uint8 and np.array_equal(part.x[..., 0], images[order])
        assert part.y.dtype == np.int32 and np.array_equal(part.y, labels[order])


def test_what_the_builder_wrote_is_read_byte_for_byte(folder: Path) -> None:
    data = load_tfds("fashion_mnist", directory=folder)
    assert (data.name, data.input_shape, data.classes) == (
        "fashion_mnist",
        (28, 28, 1),
        FASHION_MNIST_CLASSES,
    )
    check_all_is_there(data, TRAIN, TEST)


def test_two_readings_agree(folder: Path) -> None:
    first, second = (load_tfds("fashion_mnist:3.0.1", directory=folder) for _ in range(2))
    assert first.fingerprint == second.fingerprint


def test_splits_may_be_sliced_or_left_out(folder: Path) -> None:
    whole = load_tfds("fashion_mnist", directory=folder)
    part = load_tfds("fashion_mnist", directory=folder, train_split="train[100:150]", test_split=None)
    assert part.test is None and np.array_equal(part.train.x, whole.train.x[100:150])


def test_own_class_names(folder: Path) -> None:
    names = tuple("abcdefghij")
    assert load_tfds("fashion_mnist", directory=folder, classes=names).classes == names


def test_an_unknown_split_is_told(folder: Path) -> None:
    expected = "tfds fashion_mnist: expected one of the splits train, test, or a slice such as train[:10%]."
    for split in ("validation", "train[:", "train[5:1]x"):
        with pytest.raises(DataError, match=re.escape(f"{expected} Received: {split!r}.")):
            load_tfds("fashion_mnist", directory=folder, test_split=split)


@pytest.mark.parametrize("damage", ["truncated", "flipped", "missing"])
def test_damaged_files_are_told(folder: Path, tmp_path: Path, damage: str) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(folder, copy)
    (file,) = copy.rglob("*-test.tfrecord*")
    content = bytearray(file.read_bytes())
    if damage == "missing":
        file.unlink()
    elif damage == "truncated":
        file.write_bytes(content[: len(content) // 2])
    else:
        content[len(content) // 2] ^= 1
        file.write_bytes(content)
    with pytest.raises(DataError, match=r"tfds fashion_mnist: split 'test' cannot be read \(.*\); prepare it again"):
        load_tfds("fashion_mnist", directory=copy)


def test_records_lost_at_their_boundary_are_told(folder: Path, tmp_path: Path) -> None:
    """A TFRecord file cut between two records is a valid file: only the count tells."""
    import tensorflow as tf

    copy = tmp_path / "copy"
    shutil.copytree(folder, copy)
    (file,) = copy.rglob("*-test.tfrecord*")
    records = [record.numpy() for record in tf.data.TFRecordDataset(str(file)).take(TEST - 1)]
    with tf.io.TFRecordWriter(str(file)) as writer:
        for record in records:
            writer.write(record)
    expected = (
        "tfds fashion_mnist: split 'test' cannot be read (Input dataset was expected to contain 300 elements"
        " but contained only 299 elements.); prepare it again."
    )
    with pytest.raises(DataError, match=re.escape(expected)):
        load_tfds("fashion_mnist", directory=copy)


def test_data_that_is_not_prepared_is_told_without_the_network(tmp_path: Path) -> None:
    expected = (
        f"tfds fashion_mnist: expected prepared data in {tmp_path}/fashion_mnist/3.0.1. There is none; set"
        " `data.download: true`, or prepare it with `tfds build fashion_mnist` and name its data folder"
    )
    with pytest.raises(DataError, match=re.escape(expected)):
        load_tfds("fashion_mnist", directory=tmp_path)
    assert not list(tmp_path.iterdir())


def test_a_download_that_fails_is_told(tmp_path: Path) -> None:
    import tensorflow_datasets as tfds

    def fail(manager: Any, urls: Any) -> NoReturn:
        raise tfds.download.DownloadError("Failed to get url http://x. HTTP code: 404.")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tfds.download.DownloadManager, "download_and_extract", fail)
        expected = (
            "tfds fashion_mnist: could not be downloaded and prepared (Failed to get url http://x."
            " HTTP code: 404.); check the network,"
        )
        with pytest.raises(DataError, match=re.escape(expected)):
            load_tfds("fashion_mnist", directory=tmp_path, download=True)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("fashion_mnst", "tfds fashion_mnst: TFDS knows no such data set; did you mean 'fashion_mnist'?"),
        ("zzzzzzzz", "tfds zzzzzzzz: TFDS knows no such data set; check `data.name` and `data.directory`."),
        (
            "kubric:klevr",
            "expected a name like 'fashion_mnist' or 'emnist/letters:3.1.0'. Received: 'kubric:klevr';",
        ),
        ("../mnist", "Received: '../mnist'; namespaces and arguments are not supported."),
        (
            "fashion_mnist/no_such_config",
            "tfds fashion_mnist/no_such_config: TFDS refuses it (Failed to construct",
        ),
    ],
)
def test_other_names_are_told(tmp_path: Path, name: str, message: str) -> None:
    with pytest.raises(DataError, match=re.escape(message)):
        load_tfds(name, directory=tmp_path)


def write_table(folder: Path, features: dict[str, Any], keys: tuple[str, str] | None, row: dict[str, Any]) -> None:
    """Prepares a data set "table" of three equal rows, which is then read without the code that wrote it."""
    import tensorflow_datasets as tfds

    class Table(tfds.testing.DummyDataset, skip_registration=True):  # type: ignore[call-arg]
        def _info(self) -> Any:
            return tfds.core.DatasetInfo(
                builder=self, features=tfds.features.FeaturesDict(features), supervised_keys=keys
            )

        def _generate_examples(self) -> Iterator[Any]:
            yield from ((i, row) for i in range(3))

    Table(data_dir=folder).download_and_prepare()


def test_numbers_to_predict_make_a_regression(tmp_path: Path) -> None:
    row = {"x": np.array([1, 2], np.float32), "y": 0.5}
    import tensorflow_datasets as tfds

    features = {"x": tfds.features.Tensor(shape=(2,), dtype=np.float32), "y": np.float32}
    write_table(tmp_path, features, ("x", "y"), row)
    data = load_tfds("table", directory=tmp_path, test_split=None)
    assert data.task == "regression" and data.classes is None
    assert data.train.x.tolist() == [[1, 2]] * 3 and data.train.y.tolist() == [[0.5]] * 3


def test_features_without_one_input_and_one_label_are_told(tmp_path: Path) -> None:
    write_table(tmp_path, {"a": np.int64, "b": np.int64}, None, {"a": 1, "b": 2})
    expected = (
        "tfds table: expected one input and one label, as `supervised_keys` or features image and label."
        " The data set has a, b; write the arrays you want to an .npz file."
    )
    with pytest.raises(DataError, match=re.escape(expected)):
        load_tfds("table", directory=tmp_path, test_split=None)


@pytest.mark.parametrize("kind", ["text", "ragged"])
def test_samples_that_are_no_arrays_of_one_shape_are_told(tmp_path: Path, kind: str) -> None:
    import tensorflow_datasets as tfds

    ragged = tfds.features.Tensor(shape=(None,), dtype=np.int64)
    feature, value = (tfds.features.Text(), "a") if kind == "text" else (ragged, np.zeros(3, np.int64))
    write_table(tmp_path, {"x": feature, "y": np.int64}, ("x", "y"), {"x": value, "y": 0})
    with pytest.raises(DataError, match=r"tfds table: feature 'x' must hold numbers in one shape\. Received: T"):
        load_tfds("table", directory=tmp_path, test_split=None)


@pytest.mark.slow
def test_the_original_size(tmp_path: Path) -> None:
    files, target = tmp_path / "files", tmp_path / "tfds"
    files.mkdir()
    write_files(files, 60_000, 10_000)
    check_all_is_there(prepare(files, target), 60_000, 10_000)
