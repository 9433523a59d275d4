"""Setting a validation part aside."""

import re
from typing import Any

import numpy as np
import pytest

from piste.pipelines.data.assemble import assemble
from piste.pipelines.data.dataset import Data
from piste.pipelines.data.split import split_validation
from piste.pipelines.errors import DataError


def numbered(n: int = 10) -> Data:
    pair = np.arange(n, dtype=np.int32)[:, None], np.arange(n) % 2
    return assemble("numbers", "classification", pair, pair, where="here")


def rows(data: Data) -> tuple[list[int], list[int]]:
    assert data.validation is not None
    for part in (data.train, data.validation):
        assert np.array_equal(part.x[:, 0] % 2, part.y)
    return data.train.x[:, 0].tolist(), data.validation.x[:, 0].tolist()


def test_from_the_end_is_the_default() -> None:
    assert rows(split_validation(numbered(), size=3)) == ([0, 1, 2, 3, 4, 5, 6], [7, 8, 9])


def test_from_the_start() -> None:
    assert rows(split_validation(numbered(), size=3, from_="start")) == ([3, 4, 5, 6, 7, 8, 9], [0, 1, 2])


def test_at_random_keeps_the_order_and_loses_nothing() -> None:
    train, validation = rows(split_validation(numbered(100), fraction=0.2, from_="random", seed=5))
    assert len(validation) == 20 and train == sorted(train) and validation == sorted(validation)
    assert sorted(train + validation) == list(range(100))
    assert validation != list(range(20)) and validation != list(range(80, 100))
    assert rows(split_validation(numbered(100), fraction=0.2, from_="random", seed=5)) == (train, validation)
    assert rows(split_validation(numbered(100), fraction=0.2, from_="random", seed=6))[1] != validation


@pytest.mark.parametrize(("n", "fraction", "count"), [(10, 0.1, 1), (60_000, 0.1, 6000), (7, 0.5, 4), (10, 0.9, 9)])
def test_a_fraction_is_rounded_to_whole_samples(n: int, fraction: float, count: int) -> None:
    assert len(rows(split_validation(numbered(n), fraction=fraction))[1]) == count


def test_start_and_end_copy_nothing_and_all_parts_are_read_only() -> None:
    data = numbered()
    for from_ in ("start", "end", "random"):
        parts = split_validation(data, size=4, from_=from_)
        assert parts.validation is not None
        for array in (parts.train.x, parts.train.y, parts.validation.x, parts.validation.y):
            assert not array.flags.writeable
        assert np.shares_memory(parts.validation.x, data.train.x) == (from_ != "random")


def test_the_rest_of_the_data_stays() -> None:
    data = numbered()
    parts = split_validation(data, size=1)
    assert (parts.test, parts.fingerprint, parts.classes) == (data.test, data.fingerprint, data.classes)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            {},
            "validation must have exactly one of `size` and `fraction`. Received: None and None; remove one.",
        ),
        (
            {"size": 1, "fraction": 0.1},
            "validation must have exactly one of `size` and `fraction`. Received: 1 and 0.1; remove one.",
        ),
        (
            {"fraction": 1.0},
            "`validation.fraction` must be between 0 and 1. Received: 1.0;"
            " to hold out nothing write `validation: null`.",
        ),
        ({"fraction": float("nan")}, "`validation.fraction` must be between 0 and 1. Received: nan;"),
        (
            {"fraction": 0.01},
            "validation must take at least one of the 10 training samples. Received: fraction 0.01;"
            " take more, or write `validation: null`.",
        ),
        ({"size": 0}, "validation must take at least one of the 10 training samples. Received: size 0;"),
        (
            {"size": 10},
            "validation must leave training samples: there are 10. Received: size 10, which leaves zero steps"
            " per epoch; take less.",
        ),
        ({"size": 5000}, "there are 10. Received: size 5000, which leaves zero steps per epoch; take less."),
        (
            {"fraction": 0.99},
            "there are 10. Received: fraction 0.99, which leaves zero steps per epoch; take less.",
        ),
    ],
)
def test_an_impossible_split_is_refused(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(DataError, match=re.escape(message)):
        split_validation(numbered(), **arguments)
