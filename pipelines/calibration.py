"""How far a classifier's confidence is from its accuracy."""

from typing import Any

import numpy as np
from numpy.typing import NDArray


def expected_calibration_error(probabilities: NDArray[Any], labels: NDArray[Any], bins: int = 15) -> float:
    """The distance between confidence and accuracy, averaged over bins of equal width.

    Samples are sorted by confidence, their largest probability, into the bins ((m - 1) / M, m / M]. The error is the
    sum over bins of (samples in it / all samples) * |accuracy in it - mean confidence in it|; empty bins count nothing.

    Args:
        probabilities: (samples, classes).
        labels: class indices, (samples,).
        bins: M.

    Returns:
        A number from 0, calibrated, to 1.

    Example:
        Three are 80 % sure and one of them errs; one is 60 % sure and errs: 3/4 * |2/3 - 0.8| + 1/4 * 0.6.

        >>> p = np.array([[0.8, 0.2], [0.8, 0.2], [0.2, 0.8], [0.6, 0.4]])
        >>> round(expected_calibration_error(p, np.array([0, 0, 0, 1])), 6)
        0.25

    References:
        Guo et al. 2017, arXiv:1706.04599.
    """
    confidence = probabilities.max(axis=1).astype(np.float64)
    right = probabilities.argmax(axis=1) == labels
    place = np.digitize(confidence, np.linspace(0, 1, bins + 1)[1:-1], right=True)
    # (samples in the bin / all) * |accuracy - confidence| is |right answers - summed confidence| / all.
    gaps = np.bincount(place, right, bins) - np.bincount(place, confidence, bins)
    return float(np.abs(gaps).sum() / len(labels))
