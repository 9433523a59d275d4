"""Which samples are left, with which labels, worked out from their numbers."""

from typing import Any

import numpy as np
import pytest

from piste.pipelines.config.faults import Faults, dotted
from piste.pipelines.config.load import load_config
from piste.pipelines.data.assemble import assemble
from piste.pipelines.data.dataset import Arrays, Data
from piste.pipelines.data.load import load_data
from piste.pipelines.data.select import select_samples
from piste.pipelines.data.split import split_validation

# Sample n is of class n % 4; 0 to 3 are held out, 4 to 23 trained on.
X = np.arange(24, dtype=np.int32)[:, None]


def numbered() -> Data:
    data = assemble(
        "numbers", "classification", (X, X[:, 0] % 4), (X[:8], X[:8, 0] % 4), where="here", classes=["a", "b", "c", "d"]
    )
    return split_validation(data, size=4, from_="start")


def regression() -> Data:
    return assemble("numbers", "regression", (X, X[:, 0]), None, where="here")


def held(part: Arrays | None) -> tuple[list[int], list[int]]:
    assert part is not None
    assert not part.x.flags.writeable
    assert not part.y.flags.writeable
    return part.x[:, 0].tolist(), part.y.tolist()


def test_classes_are_kept_in_every_part() -> None:
    data = select_samples(numbered(), classes=["d", "1"])
    assert data.classes == ("d", "b")
    assert (data.outputs, data.train.y.dtype.name) == (2, "int32")
    assert held(data.train) == ([5, 7, 9, 11, 13, 15, 17, 19, 21, 23], [1, 0] * 5)
    assert held(data.validation) == ([1, 3], [1, 0])
    assert held(data.test) == ([1, 3, 5, 7], [1, 0, 1, 0])


def test_merging_keeps_every_sample_and_copies_none() -> None:
    before = numbered()
    data = select_samples(before, merge={"rest": ["a", "b", "d"]})
    assert data.classes == ("rest", "c")
    assert held(data.validation) == ([0, 1, 2, 3], [0, 0, 1, 0])
    assert held(data.train)[1] == [0, 0, 1, 0] * 5
    assert np.shares_memory(data.train.x, before.train.x)


def test_the_first_samples_are_counted_after_the_classes_are_chosen() -> None:
    data = select_samples(numbered(), classes=["b", "d"], train_samples=3)
    assert held(data.train) == ([5, 7, 9], [0, 1, 0])
    assert (len(data.validation or ()), len(data.test or ())) == (2, 4)


def test_so_many_of_each_class_in_stored_order() -> None:
    data = select_samples(numbered(), merge={"ab": ["a", "b"]}, train_per_class=2, validation_per_class=1)
    # ab is 4, 5, 8, 9, ...; c is 6, 10, ...; d is 7, 11, ...
    assert held(data.train) == ([4, 5, 6, 7, 10, 11], [0, 0, 1, 2, 1, 2])
    assert held(data.validation) == ([0, 2, 3], [0, 1, 2])
    assert held(data.test)[0] == list(range(8))


def test_nothing_selected_is_everything() -> None:
    before = numbered()
    data = select_samples(before)
    assert (data.classes, data.train, data.test) == (before.classes, before.train, before.test)


def test_the_fingerprint_is_that_of_what_was_read() -> None:
    assert select_samples(numbered(), classes=["a", "b"]).fingerprint == numbered().fingerprint


def test_regression_may_be_limited() -> None:
    assert select_samples(regression(), train_samples=5).train.x[:, 0].tolist() == [0, 1, 2, 3, 4]


@pytest.mark.parametrize(
    ("data", "arguments", "sentence"),
    [
        (
            numbered,
            {"train_samples": 21},
            "`train_samples` must be at most 20, the samples there are to train on. Received: 21.",
        ),
        (
            numbered,
            {"classes": ["a", "b"], "train_samples": 11},
            "`train_samples` must be at most 10, the samples there are to train on. Received: 11.",
        ),
        (
            numbered,
            {"classes": ["b", "c"], "train_per_class": 6},
            "`train_per_class` must be at most 5, the samples of class b in the train part. Received: 6.",
        ),
        (
            numbered,
            {"validation_per_class": 2},
            "`validation_per_class` must be at most 1, the samples of class a in the validation part. Received: 2.",
        ),
        (numbered, {"classes": ["a", "e"]}, "`classes[1]` must be a class of the data, by name or index. Received: e."),
        (regression, {"classes": ["0", "1"]}, "`classes` must be null: regression has no classes."),
        (regression, {"train_per_class": 1}, "`train_per_class` must be null: regression has no classes."),
    ],
)
def test_what_cannot_be_selected(data: Any, arguments: dict[str, Any], sentence: str) -> None:
    with pytest.raises(Faults) as caught:
        select_samples(data(), **arguments)
    (fault,) = caught.value.faults
    assert fault.sentence(dotted(fault.path)) == sentence


def test_every_part_keeps_a_sample() -> None:
    data = split_validation(numbered(), size=2, from_="start")  # leaves 4 and 5, of classes a and b
    with pytest.raises(Faults) as caught:
        select_samples(data, classes=["c", "d"])
    assert str(caught.value) == (
        "`classes` must leave samples in the validation part: choose other classes or another split. "
        "Received: none of its 2."
    )


def test_the_embedded_classes_have_the_numbers_of_the_file() -> None:
    """Eight classes, all but sandals and shirts, with the first 1,000 held out."""
    overrides = ["data.validation.from=start", "data.select.classes=[0, 1, 2, 3, 4, 7, 8, 9]"]
    data = load_data(load_config("quickstart", overrides))
    assert (len(data.train), len(data.validation or ()), len(data.test or ())) == (7190, 800, 1608)
    assert np.bincount(data.train.y).tolist() == [835, 923, 930, 927, 879, 907, 888, 901]
    assert data.classes is not None
    assert data.classes[5:] == ("Sneaker", "Bag", "Ankle boot")


def test_the_first_hundred_shirts_are_the_files_first() -> None:
    data = load_data(load_config("quickstart", ["data.select.train_per_class=100", "data.select.classes=[5, 6]"]))
    assert np.bincount(data.train.y).tolist() == [100, 100]
    whole = load_data(load_config("quickstart"))
    first = np.flatnonzero(whole.train.y == 6)[:100]
    assert np.array_equal(data.train.x[data.train.y == 1], whole.train.x[first])
