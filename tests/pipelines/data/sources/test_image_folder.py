"""Folders of images: layouts, the order of classes and files, and what does not belong there."""

import os
import re
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from piste.pipelines.config.load import load_config
from piste.pipelines.config.problems import ConfigProblems
from piste.pipelines.data.load import load_data
from piste.pipelines.data.sources.image_folder import load_image_folder
from piste.pipelines.errors import DataError


def gray(path: Path, value: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("L", (4, 2), value).save(path)


@pytest.fixture
def pets(tmp_path: Path) -> Path:
    """Pixels count the files in the order of names; what begins with a dot is no image."""
    for value, name in enumerate(["cat/a.png", "cat/b.png", "dog/10.png", "dog/9.png", "dog/more/1.png"]):
        gray(tmp_path / "pets" / name, value)
    (tmp_path / "pets" / "cat" / ".DS_Store").touch()
    (tmp_path / "pets" / ".git").mkdir()
    (tmp_path / "pets" / "README.md").touch()
    return tmp_path / "pets"


def read(directory: Path, **arguments: Any) -> Any:
    return load_image_folder(directory, **{"size": (2, 4), "channels": 1, **arguments})


def firsts(part: Any) -> list[int]:
    return [int(image[0, 0, 0]) for image in part.x]


def test_one_folder_a_class(pets: Path) -> None:
    data = read(pets)
    assert (data.name, data.classes, data.input_shape, data.input_dtype) == ("pets", ("cat", "dog"), (2, 4, 1), "uint8")
    assert firsts(data.train) == [0, 1, 2, 3, 4] and data.train.y.tolist() == [0, 0, 1, 1, 1]
    assert data.validation is None and data.test is None
    assert read(pets, channels=3, size=(5, 6)).input_shape == (5, 6, 3)


def test_classes_say_the_order(pets: Path) -> None:
    data = read(pets, classes=("dog", "cat"))
    assert data.classes == ("dog", "cat")
    assert firsts(data.train) == [2, 3, 4, 0, 1] and data.train.y.tolist() == [0, 0, 0, 1, 1]


def test_the_fingerprint_is_that_of_pixels_and_labels(pets: Path) -> None:
    before = read(pets).fingerprint
    (pets / "cat" / "a.png").rename(pets / "cat" / "a2.png")
    assert read(pets).fingerprint == before
    gray(pets / "cat" / "a2.png", 9)
    assert read(pets).fingerprint != before


@pytest.fixture
def parts(tmp_path: Path) -> Path:
    for value, name in enumerate(["train/a/1.png", "train/b/2.png", "val/a/3.png", "val/b/4.png", "test/b/5.png"]):
        gray(tmp_path / "parts" / name, value)
    (tmp_path / "parts" / "test" / "a").mkdir()
    return tmp_path / "parts"


def test_a_folder_for_each_part(parts: Path) -> None:
    data = read(parts, train_folder="train", validation_folder="val", test_folder="test")
    assert [firsts(part) for part in (data.train, data.validation, data.test)] == [[0, 1], [2, 3], [4]]
    assert [part.y.tolist() for part in (data.train, data.validation, data.test)] == [[0, 1], [0, 1], [1]]


CONFIG = """seed: 3
data: {source: image_folder, directory: %s, size: [2, 4], channels: 1%s}
model: {type: mlp}
"""


def configured(directory: Path, text: str = "") -> Any:
    path = directory.parent / "net.yaml"
    path.write_text(CONFIG % (directory, text), encoding="utf-8")
    return load_config(path)


def test_splits_are_random_and_do_not_overlap(tmp_path: Path) -> None:
    for value in range(100):
        gray(tmp_path / "many" / f"{value // 50}" / f"{value:03}.png", value)
    data = load_data(configured(tmp_path / "many", ", test: {size: 20}, validation: {fraction: 0.25}"))
    parts: list[Any] = [data.train, data.validation, data.test]
    found = [firsts(part) for part in parts]
    assert [len(part) for part in found] == [60, 20, 20]
    assert sorted(value for part in found for value in part) == list(range(100))
    assert all({0, 1} == set(part.y.tolist()) for part in parts)
    again = load_data(configured(tmp_path / "many", ", test: {size: 20}, validation: {fraction: 0.25}"))
    assert firsts(again.test) == found[2]


def test_a_part_of_its_own_takes_the_place_of_a_split(parts: Path) -> None:
    config = configured(parts, ", train_folder: train, validation_folder: val, test_folder: test")
    data = load_data(config)
    assert [len(part.x) for part in (data.train, data.validation, data.test) if part is not None] == [2, 2, 1]
    resolved = parts.parent / "resolved.yaml"
    resolved.write_text(config.yaml(), encoding="utf-8")
    assert load_config(resolved) == config


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (", validation_folder: val, validation: null", "`data.validation` must not be set together with "
         "`data.validation_folder`: remove one."),
        (", test_folder: val, test: {size: 1}", "`data.test` must not be set together with `data.test_folder`"),
        (", test: {from: end}", "`data.test` must give `size` or `fraction`, one of the two. Received: neither."),
        (", size: [28]", "`data.size` must be a list of height and width, as in [64, 64]. Received: a list."),
        (", size: [0, 28]", "`data.size[0]` must be from 1 to 10000. Received: 0."),
        (", channels: 2", "`data.channels` must be 1, gray, or 3, RGB. Received: 2."),
        (", fit: corp", "`data.fit` must be one of stretch, crop, pad. Received: corp. Did you mean `crop`?"),
    ],
)  # fmt: skip
def test_bad_configs(text: str, words: str, pets: Path) -> None:
    with pytest.raises(ConfigProblems) as caught:
        load_config(_written(pets, text))
    assert words in str(caught.value)


def _written(pets: Path, text: str) -> Path:
    base = "data: {source: image_folder, directory: x%s%s}\nmodel: {type: mlp}\n"
    path = pets.parent / "net.yaml"
    path.write_text(base % ("" if "size: [" in text else ", size: [2, 4]", text), encoding="utf-8")
    return path


def refused(words: str, directory: Path, **arguments: Any) -> None:
    with pytest.raises(DataError, match=re.escape(words)):
        read(directory, **arguments)


def test_what_does_not_belong_is_named(pets: Path, parts: Path) -> None:
    refused(f"{pets / 'no'}: expected a folder with one folder a class. There is none", pets / "no")
    refused(f"{pets / '.git'}: expected one folder a class. The folder holds none", pets / ".git")
    gray(pets / "loose.png", 1)
    refused(f"{pets / 'loose.png'}: expected every image in the folder of its class.", pets)
    (pets / "loose.png").unlink()
    (pets / "cat" / "notes.txt").write_text("no image")
    refused(f"{pets / 'cat' / 'notes.txt'}: expected an image (", pets)
    (pets / "cat" / "notes.txt").unlink()
    (pets / "empty").mkdir()
    refused(f"{pets / 'empty'}: expected images. There are none", pets)
    refused("which look like parts; write `train_folder: train, test_folder: test` under `data`.", parts)


def test_the_classes_of_all_parts_are_the_same(parts: Path) -> None:
    gray(parts / "test" / "c" / "6.png", 6)
    words = f"{parts / 'test' / 'c'}: expected a class folder of the training part: a, b. Received: 'c'"
    refused(words, parts, train_folder="train", test_folder="test")
    words = f"{parts / 'train' / 'b'}: expected a class folder of `data.classes`: a, x. Received: 'b'"
    refused(words, parts, train_folder="train", classes=("a", "x"))
    (parts / "val" / "a" / "3.png").unlink()
    (parts / "val" / "a").rmdir()
    words = f"{parts / 'val'}: expected the class folders of the training part. There is no 'a'; make an empty one"
    refused(words, parts, train_folder="train", validation_folder="val")


def test_one_class_is_too_few(tmp_path: Path) -> None:
    gray(tmp_path / "one" / "cat" / "1.png", 1)
    refused("classification needs at least two classes with different names. Received: 'cat'", tmp_path / "one")


def test_links_in_a_circle_and_pipes_are_refused(pets: Path) -> None:
    (pets / "dog" / "again").symlink_to(pets / "dog")
    refused(f"{pets / 'dog' / 'again'}: expected a file or a folder. Received: neither", pets)
    (pets / "dog" / "again").unlink()
    os.mkfifo(pets / "dog" / "pipe.png")
    refused(f"{pets / 'dog' / 'pipe.png'}: expected a file or a folder. Received: neither", pets)


def test_too_much_for_memory_is_refused_before_reading(pets: Path) -> None:
    words = (
        "the images may take at most 4294967296 bytes in memory. Received: 4500000000 for 5 images of 30000 x 30000 x 1"
    )
    refused(words, pets, size=(30_000, 30_000))
