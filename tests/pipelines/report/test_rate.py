"""The page of a range test."""

import math
from pathlib import Path
from typing import Any

import numpy as np

from piste.pipelines.rates.result import RateTest
from piste.pipelines.report.rate import rate_chart, write_rate_page

RATES = np.array([0.01, 0.1, 1.0, 10.0])
LOSSES = np.array([3.0, 1.0, 2.0, 400.0])
TEST = RateTest(RATES, LOSSES, np.array([3.0, 2.0, 1.0, 200.0]), 10, 4.0, 10.0, 0.1, 1.0, "")


def test_the_chart_leaves_out_what_would_squeeze_it() -> None:
    chart = rate_chart(TEST)
    # 1.25 times the larger of the first mean, 3, and 4 times the least, 1.
    assert chart.note.endswith("Losses above 5 are not drawn.")
    assert [line["values"] for line in chart.data["series"]] == [[3.0, 1.0, 2.0, None], [3.0, 2.0, 1.0, None]]
    assert (chart.data["x"], chart.data["x_scale"], chart.data["scale"]) == ([0.01, 0.1, 1.0, 10.0], "log", "linear")
    assert [(rule["x"], rule["text"]) for rule in chart.data["rules"]] == [
        (0.1, "steepest"),
        (1.0, "turns up"),
        (10.0, "diverged"),
    ]
    assert chart.rows[-1] == ("10", "400", "200")


def test_a_loss_that_is_no_number_is_left_out_too() -> None:
    losses = np.array([1.0, math.nan])
    chart = rate_chart(RateTest(RATES[:2], losses, losses, 10, 4.0, 0.1, None, None, "x"))
    assert [line["values"] for line in chart.data["series"]] == [[1.0, None]] * 2
    assert [rule["text"] for rule in chart.data["rules"]] == ["diverged"]


def test_no_number_at_all_still_makes_a_page(tmp_path: Path) -> None:
    losses = np.array([math.nan])
    test = RateTest(RATES[:1], losses, losses, 10, 4.0, 0.01, None, None, "the loss was no number")
    text = write_rate_page(tmp_path / "rate.html", test, "net", "seed: 1").read_text("utf-8")
    assert "No rate is suggested: the loss was no number." in text
    assert "As a constant rate" not in text and "<dt>suggested rate</dt><dd>none</dd>" in text


def test_a_long_test_is_thinned() -> None:
    many = np.geomspace(1e-5, 10, 10_000)
    chart = rate_chart(RateTest(many, many, many, 10_000, 4.0, None, None, None, "x"))
    assert len(chart.data["x"]) == len(chart.data["series"][0]["values"]) == 2_000
    assert len(chart.rows) == 200


def test_the_page_tells_rates_arithmetic_and_changes(tmp_path: Path) -> None:
    text = write_rate_page(tmp_path / "rate.html", TEST, "a <b>", "seed: 42").read_text("utf-8")
    for words in (
        "<h1>Learning rates for a &lt;b&gt;</h1>",
        "<dt>suggested rate</dt><dd>0.1</dd>",
        "is a tenth of the rate where it turned up: 1 / 10 = 0.1.",
        "training:\n  optimizer:\n    learning_rate: 0.1\n",
        "training:\n  schedule:\n    type: one_cycle\n    max_rate: 0.1\n",
        "seed: 42",
    ):
        assert words in text, words
    head: Any = text.split("</head>")[0]
    assert "default-src 'none'" in head
