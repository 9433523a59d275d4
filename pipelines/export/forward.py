"""A model's forward pass as formats without strings take it: raw input to numbers with one name."""

from collections.abc import Callable, Sequence
from typing import Any

import tensorflow as tf


def forward(model: Any, classes: Sequence[str] | None) -> Callable[[Any], dict[str, Any]]:
    """Returns a function of `inputs` that gives float32 `probabilities` (b, C) or `predictions` (b, d).

    Args:
        model: with one input and one output; one sigmoid unit p gives [1 - p, p].
        classes: the classes' names; None for regression.
    """

    def predict(inputs: Any) -> dict[str, Any]:
        return {"predictions": tf.cast(model(inputs, training=False), tf.float32)}

    def classify(inputs: Any) -> dict[str, Any]:
        probabilities = tf.cast(model(inputs, training=False), tf.float32)
        if probabilities.shape[-1] == 1:
            probabilities = tf.concat([1.0 - probabilities, probabilities], axis=-1)
        return {"probabilities": probabilities}

    return predict if classes is None else classify


def input_spec(model: Any) -> Any:
    """The signature's one input, with a free number of samples."""
    spec = model.inputs[0]
    return tf.TensorSpec([None, *spec.shape[1:]], spec.dtype, name="inputs")
