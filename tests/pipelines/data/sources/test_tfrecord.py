"""Records of every encoding, in shards; what is damaged or described wrongly is named by file and record."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tensorflow as tf

from piste.pipelines.config.load import load_config
from piste.pipelines.config.problems import ConfigProblems
from piste.pipelines.data.load import load_data
from piste.pipelines.data.sources.tfrecord import load_tfrecord
from piste.pipelines.data.tfrecord import Feature, read_tfrecord
from piste.pipelines.errors import DataError

IMAGES = np.arange(60 * 6, dtype="uint8").reshape(60, 2, 3)
LABELS = np.arange(60) % 3
RAW = {"image": Feature((2, 3), "uint8", "raw"), "label": Feature((), "int32")}


def example(values: Mapping[str, Any]) -> bytes:
    made = {}
    for name, value in values.items():
        if isinstance(value, bytes):
            made[name] = tf.train.Feature(bytes_list=tf.train.BytesList(value=[value]))
        elif np.asarray(value).dtype.kind == "f":
            made[name] = tf.train.Feature(float_list=tf.train.FloatList(value=np.ravel(value)))
        else:
            made[name] = tf.train.Feature(int64_list=tf.train.Int64List(value=np.ravel(value)))
    content: bytes = tf.train.Example(features=tf.train.Features(feature=made)).SerializeToString()
    return content


def written(path: Path, records: Sequence[bytes], compression: str = "") -> Path:
    with tf.io.TFRecordWriter(str(path), options=compression) as writer:
        for record in records:
            writer.write(record)
    return path


def raw(rows: Any) -> list[bytes]:
    return [example({"image": IMAGES[i].tobytes(), "label": LABELS[i]}) for i in rows]


@pytest.fixture
def shards(tmp_path: Path) -> Path:
    written(tmp_path / "train-1.tfrecord", raw(range(20, 45)))
    written(tmp_path / "train-0.tfrecord", raw(range(20)))
    written(tmp_path / "test.tfrecord", raw(range(45, 60)))
    return tmp_path


def test_shards_are_read_in_the_order_of_their_names(shards: Path) -> None:
    pattern, test = str(shards / "train-*.tfrecord"), str(shards / "test.tfrecord")
    data = load_tfrecord(pattern, RAW, x="image", y="label", test_path=test)
    assert (data.name, data.input_dtype, data.classes) == ("train", "uint8", ("0", "1", "2"))
    np.testing.assert_array_equal(data.train.x, IMAGES[:45])
    np.testing.assert_array_equal(data.train.y, LABELS[:45])
    assert data.test is not None
    np.testing.assert_array_equal(data.test.x, IMAGES[45:])


@pytest.mark.parametrize("compression", ["gzip", "zlib"])
def test_compressed_files(compression: str, tmp_path: Path) -> None:
    path = written(tmp_path / "a", raw(range(5)), compression.upper())
    np.testing.assert_array_equal(read_tfrecord(str(path), RAW, compression=compression)["image"], IMAGES[:5])


def test_lists_and_images(tmp_path: Path) -> None:
    pixels = np.arange(24, dtype="uint8").reshape(4, 2, 3)
    record = {"a": np.array([[1.5, 2.5], [3.5, 4.5]]), "b": np.array([3, 250]), "c": tf.io.encode_png(pixels).numpy()}
    path = written(tmp_path / "a", [example(record)])
    features = {"a": Feature((2, 2), "float32"), "b": Feature((2,), "uint8"), "c": Feature((4, 2, 3), "uint8", "image")}
    found = read_tfrecord(str(path), features)
    assert found["a"].tolist() == [[[1.5, 2.5], [3.5, 4.5]]] and found["b"].tolist() == [[3, 250]]
    np.testing.assert_array_equal(found["c"][0], pixels)
    gray = written(tmp_path / "g", [example({"c": tf.io.encode_png(pixels[:, :, :1]).numpy()})])
    found = read_tfrecord(str(gray), {"c": Feature((4, 2), "uint8", "image")})
    np.testing.assert_array_equal(found["c"][0], pixels[:, :, 0])


def test_what_is_too_large_for_memory_lies_on_disk_and_is_the_same(shards: Path) -> None:
    pattern = str(shards / "train-*.tfrecord")
    data = load_tfrecord(pattern, RAW, x="image", y="label", memory=100)
    assert isinstance(data.train.x, np.memmap)
    held = load_tfrecord(pattern, RAW, x="image", y="label")
    assert not isinstance(held.train.x, np.memmap)
    np.testing.assert_array_equal(data.train.x, held.train.x)
    assert data.fingerprint == held.fingerprint


CONFIG = """seed: 1
data: {source: tfrecord, path: "%s", x: image, y: label, features: %s%s}
model: {type: mlp, hidden: [4]}
"""
FEATURES = "{image: {shape: [2, 3], dtype: uint8, encoding: raw}, label: {dtype: int32}}"


def configured(folder: Path, text: str = "", features: str = FEATURES) -> Any:
    (folder / "net.yaml").write_text(CONFIG % (folder / "train-*.tfrecord", features, text), encoding="utf-8")
    return load_config(folder / "net.yaml")


def test_configs(shards: Path) -> None:
    config = configured(shards, f", test_path: {shards / 'test.tfrecord'}, validation: {{size: 5}}, scale: unit")
    data = load_data(config)
    assert data.test is not None and data.validation is not None
    assert (len(data.train), len(data.validation), len(data.test)) == (40, 5, 15)
    (shards / "resolved.yaml").write_text(config.yaml(), encoding="utf-8")
    assert load_config(shards / "resolved.yaml") == config


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("y: label", "y: lable", "`data.y` must be one of `data.features`. Received: lable. Did you mean `label`?"),
        ("shape: [2, 3]", "shape: 3", "`data.features.image.shape` must be a list."),
        ("dtype: uint8", "dtype: complex64", "`data.features.image.dtype` must be one of uint8,"),
        ("shape:", "shap:", "`data.features.image.shap` is no key of a config."),
    ],
)
def test_bad_configs(old: str, new: str, words: str, shards: Path) -> None:
    text = CONFIG % (shards / "train-*.tfrecord", FEATURES, "")
    (shards / "net.yaml").write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(ConfigProblems) as caught:
        load_config(shards / "net.yaml")
    assert words in str(caught.value)


def refused(path: Path, words: str, features: Mapping[str, Feature] = RAW) -> None:
    with pytest.raises(DataError, match=re.escape(f"{path}: {words}")):
        read_tfrecord(str(path), features)


def test_damaged_files(tmp_path: Path) -> None:
    whole = written(tmp_path / "a", raw(range(10))).read_bytes()
    path = tmp_path / "b"
    path.write_bytes(whole[:-5])
    refused(path, "damaged after record 0 or one of the 256 that follow (truncated record at")
    flipped = bytearray(whole)
    flipped[-20] ^= 1
    path.write_bytes(flipped)
    refused(path, "damaged after record 0 or one of the 256 that follow (corrupted record at")
    path.write_bytes(b"")
    refused(path, "expected records. Received: 1 files without any")
    refused(tmp_path / "none-*", "expected a file of records, or a pattern of such. There is none")


def test_records_that_are_not_as_described(tmp_path: Path) -> None:
    path = written(tmp_path / "a", [*raw(range(3)), example({"image": IMAGES[0].tobytes()})])
    refused(path, "record 4 must hold what `data.features` says. Received: ")
    path = written(tmp_path / "b", [*raw(range(2)), example({"image": b"abc", "label": 1})])
    refused(path, "record 3 must hold what `data.features` says. Received: feature 'image' of 3 bytes in place of 6;")
    path = written(tmp_path / "c", [example({"b": 300})])
    words = (
        "record 1 must hold what `data.features` says. Received: feature 'b' with a value outside the range of uint8;"
    )
    refused(path, words, {"b": Feature((), "uint8")})
    bright = tf.io.encode_png(np.full((2, 3, 1), 200, "uint8")).numpy()
    path = written(tmp_path / "d", [example({"b": bright})])
    refused(path, words.replace("uint8", "int8"), {"b": Feature((2, 3), "int8", "image")})


def test_a_random_split_of_what_lies_on_disk_is_refused(shards: Path) -> None:
    from piste.pipelines.data.split import split_validation

    data = load_tfrecord(str(shards / "train-*.tfrecord"), RAW, x="image", y="label", memory=100)
    with pytest.raises(DataError, match=re.escape("`validation.from` must be start or end, as the data is too large")):
        split_validation(data, size=3, from_="random")
    assert len(split_validation(data, size=3).train) == 42
