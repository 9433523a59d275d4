"""Judges a trained model by the mean of many passes with dropout on."""

from typing import Any

import keras
import numpy as np

from piste.models.mc_dropout import mc_dropout
from piste.pipelines.data.dataset import Arrays, Task
from piste.pipelines.loop.passes import run_passes
from piste.pipelines.score import score


def mc_evaluate(
    model: keras.Model, arrays: Arrays, task: Task, *, passes: int, seed: int, batch_size: int = 256
) -> dict[str, Any]:
    """Compares a model with Monte Carlo dropout: the mean of its outputs over passes that drop units.

    Both sides have the figures of `score`. The mean over passes also has `std`: for classification the standard
    deviation of the predicted class's probability, for regression that of every output, averaged over samples. For
    classification it has `mutual_information`, its `entropy` less the mean entropy of single passes: the part of the
    doubt that comes from the weights, in nats.

    Args:
        model: functional or Sequential, with dropout. Nothing of it is changed.
        arrays: what to judge it by.
        task: "classification" has labels and probabilities, "regression" real numbers.
        passes: how many passes with dropout, at least 2.
        seed: of what is dropped.
        batch_size: samples a step. Another one drops other units.

    Returns:
        `passes`, `seed`, and figures by name under `plain`, one pass without dropout, and `mean`. Deviations divide
        by the number of passes.

    Raises:
        ValueError: there are too few passes or no samples, the model has no dropout, or it gives no probabilities.

    References:
        Gal and Ghahramani 2016, arXiv:1506.02142; Houlsby et al. 2011, arXiv:1112.5745, for the mutual information.
    """
    if passes < 2 or len(arrays) == 0 or batch_size < 1:
        raise ValueError(
            "`passes` must be at least 2, `arrays` hold a sample and `batch_size` be at least 1. "
            f"Received: {passes} passes, {len(arrays)} samples and a batch size of {batch_size}."
        )
    classes = task == "classification"
    dropping = mc_dropout(model, seed=seed)
    plain = run_passes(model, arrays.x, passes=1, batch_size=batch_size, entropy=classes)
    plain_figures = score(plain.mean, arrays.y, task)
    many = run_passes(dropping, arrays.x, passes=passes, batch_size=batch_size, entropy=classes)
    figures = score(many.mean, arrays.y, task)
    if classes:
        predicted = many.mean.argmax(axis=1)[:, None]
        figures["std"] = float(np.take_along_axis(many.std, predicted, axis=1).mean())
        figures["mutual_information"] = figures["entropy"] - float(many.entropy.mean())
    else:
        figures["std"] = float(many.std.mean())
    return {"passes": passes, "seed": seed, "plain": plain_figures, "mean": figures}
