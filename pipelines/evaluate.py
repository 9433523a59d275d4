"""Judges a trained model on arrays."""

from typing import Any

import keras

from piste.pipelines.data.dataset import Arrays
from piste.pipelines.loop.evaluation import evaluation_steps


def evaluate(model: keras.Model, arrays: Arrays, batch_size: int = 256) -> dict[str, float]:
    """Computes the loss and the compiled metrics over all samples, in one compiled loop.

    Args:
        model: A compiled model that takes `arrays.x` as it is stored.
        arrays: What to judge it by.
        batch_size: Samples a step; it changes nothing but rounding.

    Returns:
        `loss`, each metric by its name, and `samples`, their number.

    Raises:
        ValueError: The model is not compiled, or there are no samples.
    """
    if not model.compiled:
        raise ValueError("`model` must be compiled. Received: a model without a loss; call `model.compile` first.")
    if len(arrays) == 0 or batch_size < 1:
        raise ValueError(
            "`arrays` must hold a sample and `batch_size` be at least 1. "
            f"Received: {len(arrays)} samples and a batch size of {batch_size}."
        )
    model.reset_metrics()
    results: dict[str, Any] = evaluation_steps(model, arrays, batch_size)()
    figures = {name: float(value) for name, value in results.items()}
    model.reset_metrics()
    return {**figures, "samples": len(arrays)}
