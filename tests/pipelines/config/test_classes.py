"""`data.select` as far as it is checked without the data, and what it says about the classes."""

from collections.abc import Callable

import pytest

from piste.pipelines.config.check_classes import class_count
from piste.pipelines.config.checks import task_of
from piste.pipelines.config.config import Config
from piste.pipelines.config.document import document
from piste.pipelines.config.problems import Problem

Load = Callable[..., Config]
Problems = Callable[..., list[Problem]]

MODEL = "model: {type: mlp}\n"
CLASSES = "data: {source: embedded, select: {classes: "
MERGE = "data: {source: embedded, select: {merge: "
NPZ = "data: {source: npz, path: a.npz, "
REGRESSION = "data: {source: synthetic, kind: regression, select: "


@pytest.mark.parametrize(
    ("text", "column", "sentence"),
    [
        (
            CLASSES + "[Sandal, Shrit]}}\n",
            53,
            "`data.select.classes[1]` must be a class of the data, by name or index. Received: Shrit. "
            "Did you mean `Shirt`?",
        ),
        (CLASSES + "[5, Sandal]}}\n", 48, "`data.select.classes[1]` is given twice. Received: Sandal."),
        (CLASSES + "[5]}}\n", 44, "`data.select.classes` must have at least 2 items. Received: 1."),
        (CLASSES + "Shirt}}\n", 44, "`data.select.classes` must be a list. Received: Shirt."),
        (CLASSES + "[5, 6, [7]]}}\n", 51, "`data.select.classes[2]` must be a text. Received: a list."),
        (
            CLASSES + "[5, 6], merge: {a: [7]}}}\n",
            64,
            "`data.select.merge.a[0]` is not one of `data.select.classes`. Received: 7.",
        ),
        (MERGE + "{a: []}}}\n", 46, "`data.select.merge.a` must have at least 1 item. Received: 0."),
        (MERGE + "{}}}\n", 42, "`data.select.merge` must have at least 1 item. Received: 0."),
        (MERGE + "{a: Shirt}}}\n", 46, "`data.select.merge.a` must be a list. Received: Shirt."),
        (MERGE + "[a]}}\n", 42, "`data.select.merge` must be a map. Received: a list."),
        (
            MERGE + "{Bag: [7]}}}\n",
            43,
            "`data.select.merge.Bag` is the name of a class that is left alone: choose another.",
        ),
        (
            "data: {source: embedded, select: {train_samples: 5, train_per_class: 5}}\n",
            53,
            "`data.select.train_per_class` must not be set together with `train_samples`: remove one.",
        ),
        (
            "data: {source: embedded, validation: null, select: {validation_per_class: 5}}\n",
            53,
            "`data.select.validation_per_class` needs validation samples, but `data.validation` is null.",
        ),
        (
            "data: {source: embedded, select: {train_samples: 0}}\n",
            50,
            "`data.select.train_samples` must be at least 1. Received: 0.",
        ),
        (
            "data: {source: embedded, select: {class: [5, 6]}}\n",
            35,
            "`data.select.class` is no key of a config. Did you mean `classes`?",
        ),
        (
            REGRESSION + "{classes: [a, b]}}\n",
            54,
            "`data.select.classes` must be null: regression has no classes.",
        ),
        (
            REGRESSION + "{train_per_class: 5}}\n",
            54,
            "`data.select.train_per_class` must be null: regression has no classes.",
        ),
        (
            "data: {source: synthetic, kind: gaussian_mixture, num_classes: 3, select: {classes: [0, 3]}}\n",
            89,
            "`data.select.classes[1]` must be a class of the data, by name or index. Received: 3.",
        ),
        (
            NPZ + "classes: [no, yes, perhaps], select: {classes: [no, maybe]}}\n",
            86,
            "`data.select.classes[1]` must be a class of the data, by name or index. Received: maybe.",
        ),
        (NPZ + "select: {classes: [a, b, a]}}\n", 59, "`data.select.classes[2]` is given twice. Received: a."),
    ],
)
def test_complaints(problems: Problems, text: str, column: int, sentence: str) -> None:
    (found,) = problems(text + MODEL)
    assert found.message == sentence
    assert (found.origin.line, found.origin.column) == (1, column)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("data: {source: embedded}\n", 10),
        (CLASSES + "[Shirt, Sandal]}}\n", 2),
        (MERGE + "{other: [0, 1, 2, 3, 4, 5, 7, 8, 9]}}}\n", 2),
        (MERGE + "{top: [T-shirt/top, Shirt, Pullover]}}}\n", 8),
        ("data: {source: embedded, select: {train_samples: 200}}\n", 10),
        ("data: {source: synthetic, kind: gaussian_mixture, num_classes: 7}\n", 7),
        (NPZ + "classes: [a, b, c]}\n", 3),
        (NPZ + "select: null}\n", None),
        (NPZ + "select: {classes: [a, 5]}}\n", 2),
        (NPZ + "select: {classes: [a, 5, 6], merge: {b: [x, y]}}}\n", None),
        ("data: {source: synthetic, kind: regression, select: {train_samples: 5}}\n", None),
    ],
)
def test_what_is_right_and_how_many_classes_it_leaves(load: Load, text: str, count: int | None) -> None:
    data = load(text + MODEL).data
    assert class_count(data, task_of(data)) == count


def test_what_was_selected_is_dumped_as_it_reads(load: Load) -> None:
    config = load(CLASSES + "[5, Shirt, 7], merge: {'T/op': [7, Shirt]}, train_per_class: 100}}\n" + MODEL)
    assert config.dump()["data"]["select"] == {
        "classes": ["5", "Shirt", "7"],
        "merge": {"T/op": ["7", "Shirt"]},
        "train_samples": None,
        "train_per_class": 100,
        "validation_per_class": None,
    }
    assert load(config.yaml()) == config


def test_keys_can_be_set_and_are_documented(load: Load) -> None:
    config = load("data: {source: embedded}\n" + MODEL, "data.select.classes=[5, 6]", "data.select.merge=null")
    assert config.data.select is not None
    assert config.data.select.classes == ("5", "6")
    kind, doc = document(config, "data.select.classes")
    assert (kind, doc) == (
        "a list of: a text or an integer, at least 0 or null",
        "Classes to keep, numbered from 0 in this order; null keeps all.",
    )
    assert document(config, "data.select.train_samples")[0] == "an integer, at least 1 or null"
    assert document(config, "data.select")[0] == "a map or null"
