"""Metrics of rows of 0 and 1, made to read class indices."""

from typing import Any

import keras


def label_for_each_class(metric: type[Any]) -> type[Any]:
    """Returns a kind of metric that sees the class index k as a row with 1 at k and 0 elsewhere.

    Args:
        metric: A Keras metric's class, which compares labels (b, C) with probabilities (b, C).

    Returns:
        A class of its own, which takes class indices (b,); for probabilities (b, 1), of the second of two classes,
        the index itself is the label.

    Example:
        >>> import numpy as np
        >>> metric = label_for_each_class(keras.metrics.F1Score)()
        >>> metric.update_state(np.array([0, 1, 1]), np.array([[0.9, 0.1], [0.6, 0.4], [0.2, 0.8]]))
        >>> metric.result().numpy().round(3)
        array([0.667, 0.667], dtype=float32)
    """

    def update_state(self: Any, y_true: Any, y_pred: Any, sample_weight: Any = None) -> Any:
        labels = keras.ops.reshape(y_true, (-1, 1))
        if y_pred.shape[-1] > 1:
            labels = keras.ops.one_hot(keras.ops.cast(labels[:, 0], "int32"), y_pred.shape[-1])
        return metric.update_state(self, labels, y_pred, sample_weight)

    return type(metric.__name__, (metric,), {"update_state": update_state})
