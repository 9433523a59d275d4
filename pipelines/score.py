"""Figures of predictions against what was to be predicted."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from piste.pipelines.calibration import expected_calibration_error
from piste.pipelines.data.dataset import Task

LEAST = 1e-7  # Keras takes logarithms of no smaller probability either


def score(outputs: NDArray[Any], y: NDArray[Any], task: Task) -> dict[str, float]:
    """Compares predictions with labels or targets.

    Args:
        outputs: probabilities (samples, classes), or numbers (samples, targets).
        y: labels (samples,), or targets (samples, targets).
        task: which of the two.

    Returns:
        For classification `nll`, the mean of -log p(label), and `entropy`, the mean of -sum p log p, both in nats;
        `accuracy`; and `ece`, the expected calibration error of 15 bins. For regression `rmse`, and `output`, the
        mean of all outputs.

    Raises:
        ValueError: what should be probabilities is not.

    Example:
        >>> figures = score(np.array([[1.0, 0.0], [0.5, 0.5]]), np.array([0, 0]), "classification")
        >>> {name: round(value, 4) for name, value in figures.items()}
        {'nll': 0.3466, 'accuracy': 1.0, 'ece': 0.25, 'entropy': 0.3466}
        >>> score(np.array([[1.0], [2.0]]), np.array([[6.0], [7.0]]), "regression")["rmse"]
        5.0
    """
    if task == "multilabel":
        raise ValueError("Figures of probabilities are those of one class a sample. Received: a multilabel task.")
    if task == "regression":
        return {"rmse": float(np.sqrt(np.square(outputs - y).mean())), "output": float(outputs.mean())}
    sums = outputs.sum(axis=1)
    if not (outputs.min() >= 0 and np.abs(sums - 1).max() <= 1e-3):
        raise ValueError(
            "The model must give probabilities, at least 0 and with the sum 1. Received: outputs from "
            f"{outputs.min():.6g}, with sums from {sums.min():.6g} to {sums.max():.6g}; end the model in softmax."
        )
    told = np.take_along_axis(outputs, y[:, None].astype(int), axis=1)
    logarithms = np.log(outputs, out=np.zeros_like(outputs), where=outputs > 0)
    return {
        "nll": float(-np.log(np.maximum(told, LEAST)).mean()),
        "accuracy": float((outputs.argmax(axis=1) == y).mean()),
        "ece": expected_calibration_error(outputs, y),
        "entropy": float(-(outputs * logarithms).sum(axis=1).mean()),
    }
