from typing import Any

import pytest

from piste.callbacks.report.windows import windows


def run(values: list[Any]) -> list[dict[str, Any]]:
    return [{"step": step, "layers": {"a": {"x": value}}} for step, value in enumerate(values, start=1)]


@pytest.mark.parametrize(
    ("checks", "labels"),
    [
        (0, []),
        (1, ["late: step 1"]),
        (2, ["early: step 1", "late: step 2"]),
        (3, ["early: step 1", "middle: step 2", "late: step 3"]),
        (100, ["early: steps 1 to 5", "middle: steps 48 to 52", "late: steps 96 to 100"]),
    ],
)
def test_windows_by_length_of_the_run(checks: int, labels: list[str]) -> None:
    assert [window.label for window in windows(run([1.0] * checks))] == labels


def test_the_median_is_of_finite_numbers() -> None:
    (*_, late) = windows(run([0.0] * 10 + [1.0, 100.0, "nan", 3.0, "inf"]))
    assert late.median("a", "x") == 3.0


def test_words_where_there_is_no_number() -> None:
    (*_, late) = windows(run([1.0, 1.0, "nan"]))
    assert late.median("a", "x") == "nan"
    assert late.median("a", "y") is None and late.median("b", "x") is None
