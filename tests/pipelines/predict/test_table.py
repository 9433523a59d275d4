"""Samples from comma-separated values: what is wrong is named by its row and column."""

from pathlib import Path

import pytest

from piste.pipelines.errors import DataError
from piste.pipelines.predict.table import read_table


def read(text: str | bytes, shape: tuple[int, ...] = (2,), dtype: str = "float32", size: int = 2) -> list[object]:
    content = text if isinstance(text, bytes) else text.encode()
    Path("x.csv").write_bytes(content)
    return [(b.x.tolist(), list(b.names)) for b in read_table(Path("x.csv"), shape, dtype, size)]


def test_batches_below_the_header() -> None:
    assert read("﻿a,b\r\n1,2.5\r\n\r\n-3,4e1\r\n5,6\r\n") == [
        ([[1.0, 2.5], [-3.0, 40.0]], [{"index": 0}, {"index": 1}]),
        ([[5.0, 6.0]], [{"index": 2}]),
    ]


def test_rows_of_images() -> None:
    assert read("a,b,c,d\n0,1,2,255\n", (2, 2), "uint8") == [([[[0, 1], [2, 255]]], [{"index": 0}])]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a,b\n1,2\n1,two\n", r"x\.csv: row 3, column 2 must be a finite number\. Received: 'two'\."),
        ("a,b\n1,nan\n", r"row 2, column 2 must be a finite number\. Received: 'nan'\."),
        ("a,b\n1,\n", r"row 2, column 2 must .* Received: ''\."),
        ("a,b\n1,2\n1,2,3\n", r"x\.csv: row 3 must have 2 values, as the header has\. Received: 3;"),
        ("a,b,c\n1,2,3\n", r"x\.csv must have 2 columns\. Received: 3 in the header\."),
        ("1,2\n3,4\n", r"x\.csv must begin with the columns' names\. Received: numbers; add a header\."),
        ("a,b\n", r"must hold a row of numbers below the header\. Received: none\."),
        ("", r"must have 2 columns\. Received: 0 in the header\."),
        (b"a,b\n\xff,1\n", r"x\.csv: expected UTF-8 text\. Received: byte 0xFF that is none"),
        ('a,b\n"1,2\n', r"x\.csv: row 2 is no comma-separated values \(unexpected end of data\)"),
    ],
)
def test_what_is_wrong(text: str | bytes, words: str) -> None:
    with pytest.raises(DataError, match=words):
        read(text)


@pytest.mark.parametrize(
    ("number", "words"),
    [
        ("1.5", r"row 2, column 1 must be a whole number\. Received: '1\.5'\."),
        ("256", r"must hold uint8, from 0 to 255\. Received: 256 in sample 0\."),
        ("9" * 30, r"Received: a number beyond 64 bits in samples from 0\."),
        ("9" * 400, r"Received: a number beyond 64 bits in samples from 0\."),
        ("9" * 5000, r"row 2, column 1 must be a whole number\. Received: '9{40}'"),
    ],
)
def test_whole_numbers(number: str, words: str) -> None:
    with pytest.raises(DataError, match=words):
        read(f"a\n{number}\n", (1,), "uint8")
