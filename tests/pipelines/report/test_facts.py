import pytest

from piste.pipelines.report.facts import duration, rows


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.04, "0.04 s"), (99.94, "99.9 s"), (100.0, "1 min 40 s"), (3599.6, "1 h 0 min"), (90_000.0, "25 h 0 min")],
)
def test_duration(seconds: float, words: str) -> None:
    assert duration(seconds) == words


def test_lists_and_nested_facts_are_flat() -> None:
    facts = {"a": {"b": {"c": 1.5}}, "input_shape": [28, 28], "none": (), "on": False}
    assert list(rows(facts)) == [("a.b.c", "1.5"), ("input shape", "28, 28"), ("none", "none"), ("on", "no")]


def test_a_tensor_of_a_signature_takes_one_line() -> None:
    signature = {"outputs": {"class_index": {"dtype": "int64", "shape": [None]}}, "x": {"dtype": "uint8", "shape": []}}
    assert list(rows(signature)) == [("outputs.class index", "int64 (any)"), ("x", "uint8 ()")]
