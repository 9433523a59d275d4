"""The calibration error, by hand."""

import numpy as np
import pytest

from piste.pipelines.calibration import expected_calibration_error


def error(confidence: list[float], right: list[bool], bins: int) -> float:
    p = np.array(confidence)
    return expected_calibration_error(np.stack([p, 1 - p], axis=1), np.where(right, 0, 1), bins)


def test_two_bins_by_hand() -> None:
    # Bins (0, .5] and (.5, 1] hold all; only the second is used: accuracy 2/4, confidence 3.1/4.
    assert error([0.6, 0.7, 0.8, 1.0], [True, False, True, False], 2) == pytest.approx(1.1 / 4)
    # (.5, .75]: 1 of 2 right, 1.3 sure; (.75, 1]: 1 of 2 right, 1.8 sure.
    assert error([0.6, 0.7, 0.8, 1.0], [True, False, True, False], 4) == pytest.approx((0.3 + 0.8) / 4)


def test_gaps_of_two_bins_do_not_cancel() -> None:
    assert error([0.6, 0.9], [True, False], 10) == pytest.approx((0.4 + 0.9) / 2)
    assert error([0.6, 0.9], [True, False], 1) == pytest.approx(0.5 / 2)


def test_bins_are_closed_on_the_right() -> None:
    # In (.5, .75], and not with the third: |1 - 1.35| + |1 - .8| and not |1 - .6| + |1 - 1.55|.
    assert error([0.6, 0.75, 0.8], [True, False, True], 4) == pytest.approx((0.35 + 0.2) / 3)


def test_calibrated_and_certain() -> None:
    assert error([0.75] * 4, [True, True, True, False], 15) == 0
    assert error([1.0] * 4, [True] * 4, 15) == 0
    assert error([1.0] * 4, [False] * 4, 15) == 1


def test_fifteen_bins_against_a_loop() -> None:
    random = np.random.default_rng(0)
    p = random.dirichlet([0.3] * 5, 500)
    labels = random.integers(0, 5, 500)
    confidence, right = p.max(axis=1), p.argmax(axis=1) == labels
    total = 0.0
    for m in range(1, 16):
        inside = (confidence > (m - 1) / 15) & (confidence <= m / 15)
        if inside.any():
            total += inside.sum() / 500 * abs(right[inside].mean() - confidence[inside].mean())
    assert expected_calibration_error(p, labels) == pytest.approx(total)
