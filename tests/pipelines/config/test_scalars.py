"""Texts to values: what each type accepts and refuses, by YAML 1.2's spelling."""

from typing import Any

import pytest

from piste.pipelines.config.faults import Faults
from piste.pipelines.config.nodes import Mark, Scalar
from piste.pipelines.config.scalars import optional, read_any, read_bool, read_float, read_int, read_text
from piste.pipelines.config.source import Source

MARK = Mark(Source("net.yaml", ""), 1, 1)


def plain(text: str) -> Scalar:
    return Scalar(text, True, MARK)


def quoted(text: str) -> Scalar:
    return Scalar(text, False, MARK)


@pytest.mark.parametrize(("text", "value"), [("0", 0), ("-7", -7), ("+7", 7), ("9" * 18, 10**18 - 1)])
def test_integers(text: str, value: int) -> None:
    assert read_int(plain(text)) == value


@pytest.mark.parametrize(
    ("scalar", "words"),
    [
        (plain("010"), "must be an integer without leading zeros. Received: 010."),
        (plain("0o10"), "must be an integer. Received: 0o10."),
        (plain("0x_"), "must be an integer. Received: 0x_."),
        (plain("1_000"), "must be an integer. Received: 1_000."),
        (plain("16:9"), "must be an integer. Received: 16:9."),
        (plain("2024-13-45"), "must be an integer. Received: 2024-13-45."),
        (plain("3.5"), "must be an integer. Received: 3.5."),
        (plain("1e3"), "must be an integer. Received: 1e3."),
        (plain("true"), "must be an integer. Received: true."),
        (plain(""), "must be an integer. Received: null."),
        (plain("9" * 19), "must be an integer of at most 18 digits."),
        (plain("9" * 5000), "must be an integer of at most 18 digits."),
        (plain("0x" + "F" * 100_000), "must be an integer."),
        (quoted("5"), 'must be an integer: remove the quotes. Received: "5".'),
        (quoted("five"), 'must be an integer. Received: "five".'),
        ([1], "must be an integer. Received: a list."),
        (True, "must be an integer. Received: true."),
    ],
)
def test_no_integers(scalar: Any, words: str) -> None:
    with pytest.raises(Faults) as caught:
        read_int(scalar)
    assert words in caught.value.faults[0].sentence("seed")


@pytest.mark.parametrize(
    ("text", "value"),
    [("1e-3", 0.001), ("1E3", 1000.0), ("1.0e3", 1000.0), (".5e1", 5.0), ("2", 2.0), ("-.5", -0.5), ("5.", 5.0)],
)
def test_floats(text: str, value: float) -> None:
    assert read_float(plain(text)) == value
    assert isinstance(read_float(plain(text)), float)


@pytest.mark.parametrize(
    ("scalar", "words"),
    [
        (quoted("1e-3"), 'must be a number: remove the quotes. Received: "1e-3".'),
        (plain(".inf"), "must be a finite number. Received: .inf."),
        (plain("-.INF"), "must be a finite number."),
        (plain(".nan"), "must be a finite number."),
        (plain("1e400"), "must be a finite number. Received: 1e400."),
        (plain("nan"), "must be a number. Received: nan."),
        (plain("inf"), "must be a number. Received: inf."),
        (plain("1_0.5"), "must be a number."),
        (plain("e5"), "must be a number."),
        (plain("."), "must be a number."),
        (plain("no"), "must be a number. Received: no."),
        (float("nan"), "must be a finite number."),
        (False, "must be a number. Received: false."),
    ],
)
def test_no_floats(scalar: Any, words: str) -> None:
    with pytest.raises(Faults) as caught:
        read_float(scalar)
    assert words in caught.value.faults[0].sentence("rate")


@pytest.mark.parametrize(("text", "value"), [("true", True), ("False", False), ("TRUE", True)])
def test_booleans(text: str, value: bool) -> None:
    assert read_bool(plain(text)) is value


@pytest.mark.parametrize("text", ["yes", "no", "on", "off", "y", "1", "", "tRue"])
def test_no_booleans(text: str) -> None:
    with pytest.raises(Faults, match="must be true or false"):
        read_bool(plain(text))


def test_a_quoted_boolean_is_told_about_its_quotes() -> None:
    with pytest.raises(Faults, match="must be true or false without quotes"):
        read_bool(quoted("true"))


@pytest.mark.parametrize("text", ["no", "on", "y", "NO", "2024-01-01", "5", "true"])
def test_plain_scalars_are_texts_where_texts_are_wanted(text: str) -> None:
    assert read_text(plain(text)) == text


@pytest.mark.parametrize("text", ["", "~", "null", "Null", "NULL"])
def test_null_is_no_text_and_passes_where_optional(text: str) -> None:
    with pytest.raises(Faults, match=r"must be a text\. Received: null\."):
        read_text(plain(text))
    assert optional(read_text)(plain(text)) is None
    assert read_text(quoted("null")) == "null"


@pytest.mark.parametrize(
    ("scalar", "value"),
    [
        (plain("5"), 5),
        (plain("1e-3"), 0.001),
        (plain("no"), "no"),
        (plain("true"), True),
        (plain("~"), None),
        (quoted("5"), "5"),
        ([plain("1"), quoted("a")], (1, "a")),
        ({"k": plain("2")}, {"k": 2}),
    ],
)
def test_any_follows_yaml_itself(scalar: Any, value: Any) -> None:
    assert read_any(scalar) == value
