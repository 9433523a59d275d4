"""Predictions for a file or folder, one object a sample."""

import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from piste.pipelines.errors import UsageError
from piste.pipelines.predict.batch import Batch
from piste.pipelines.predict.inputs import read_inputs, refuse_unknown
from piste.pipelines.predict.open_predictor import open_predictor
from piste.pipelines.predict.predictor import Answers


def predict(
    model: Path, inputs: Path, *, batch_size: int = 256, mc_samples: int | None = None
) -> Iterator[list[dict[str, Any]]]:
    """Predicts batch by batch.

    Args:
        model: a run folder or a SavedModel.
        inputs: .npz, .npy, .csv, an image, or a folder of images.
        batch_size: samples at once.
        mc_samples: passes of Monte Carlo dropout, of which mean and standard deviation are given; None for none.

    Yields:
        For each sample of a batch `index` or `file`; for classification `label`, `class_index` and `probability`, of
        the most probable class; for several labels `probabilities` by name; for regression `value`, a number or a
        list, and for labels without names a list; `std` of either where there are passes.

    Raises:
        UsageError: if the model is none, or the passes do not fit it.
        ArtefactError: if the model is damaged.
        DataError: if a sample cannot be read or does not fit the model.
    """
    if batch_size < 1:
        raise UsageError(f"`--batch-size` must be at least 1. Received: {batch_size}.")
    refuse_unknown(inputs)
    predictor = open_predictor(model, mc_samples)
    for batch in read_inputs(inputs, predictor, batch_size):
        yield _lines(batch, predictor.answer(batch.x))


def _lines(batch: Batch, answers: Answers) -> list[dict[str, Any]]:
    return [{**name, **_line(answers, row)} for row, name in enumerate(batch.names)]


def _line(answers: Answers, row: int) -> dict[str, Any]:
    values = answers.values[row]
    if answers.labels is None:
        key = "value" if answers.names is None else "probabilities"
        line = {key: _values(values, answers.names)}
        return line if answers.std is None else {**line, "std": _values(answers.std[row], answers.names)}
    index = int(values.argmax())
    line = {"label": answers.labels[row], "class_index": index, "probability": _plain(values[index])}
    return line if answers.std is None else {**line, "std": _plain(answers.std[row][index])}


def _values(values: Any, names: Sequence[str] | None) -> Any:
    if names is not None:
        return {name: _plain(value) for name, value in zip(names, values, strict=True)}
    return _plain(values[0]) if len(values) == 1 else [_plain(value) for value in values]


def _plain(value: Any) -> float | str:
    """JSON has no NaN and no infinity; a network that diverged gives them."""
    number = float(value)
    return number if math.isfinite(number) else str(number)
