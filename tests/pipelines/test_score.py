"""Figures of predictions, by hand."""

import numpy as np
import pytest

from piste.pipelines.score import score


def test_classification() -> None:
    p = np.array([[0.5, 0.25, 0.25], [0.0, 1.0, 0.0], [0.0, 1.0, 0.0]])
    figures = score(p, np.array([0, 1, 2], np.int32), "classification")
    assert figures == pytest.approx(
        {
            # log 2, 0, and a probability of 0 counts as 1e-7
            "nll": (np.log(2) + 7 * np.log(10)) / 3,
            "accuracy": 2 / 3,
            # one is right at 0.5; of two that are certain one is right
            "ece": (0.5 + 1.0) / 3,
            # log(2)/2 + 2 * log(4)/4, 0 and 0
            "entropy": 1.5 * np.log(2) / 3,
        }
    )
    assert [type(value) for value in figures.values()] == [float] * 4


def test_regression() -> None:
    outputs, targets = np.array([[1.0, 2.0], [3.0, 6.0]]), np.array([[0.0, 2.0], [3.0, 2.0]], np.float32)
    assert score(outputs, targets, "regression") == pytest.approx({"rmse": np.sqrt(17 / 4), "output": 3.0})


@pytest.mark.parametrize(
    ("outputs", "words"),
    [
        ([[-0.5, 1.5]], "Received: outputs from -0.5, with sums from 1 to 1; end the model in softmax."),
        ([[0.5, 0.6], [0.5, 0.5]], "Received: outputs from 0.5, with sums from 1 to 1.1"),
        ([[np.nan, 0.5]], "Received: outputs from nan"),
    ],
)
def test_what_are_no_probabilities(outputs: list[list[float]], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        score(np.array(outputs), np.zeros(len(outputs), np.int32), "classification")
