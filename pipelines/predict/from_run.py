"""The model of a run folder."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from piste.pipelines.config.schema.csv import Csv
from piste.pipelines.config.schema.image_folder import ImageFolder
from piste.pipelines.data.table import Table
from piste.pipelines.errors import UsageError
from piste.pipelines.predict.encoder import encoder
from piste.pipelines.predict.predictor import Answers, Predictor
from piste.pipelines.run import Run

Passes = Callable[[NDArray[Any]], tuple[NDArray[Any], NDArray[Any] | None]]


def from_run(path: Path, passes: int | None) -> Predictor:
    """Opens a run folder.

    Args:
        path: the folder.
        passes: of Monte Carlo dropout; None for one pass without dropout.

    Raises:
        UsageError: if the model has no dropout to keep on.
        ArtefactError: if the run is damaged.
    """
    run = Run.open(path)
    model = run.model()
    data = run.environment["data"]
    classes = data["classes"] if data["task"] == "classification" else None
    names = data["classes"] if data["task"] == "multilabel" else None
    passes_of = _one_pass(model) if passes is None else _many_passes(model, passes, run)

    def answer(x: NDArray[Any]) -> Answers:
        mean, std = passes_of(x)
        if classes is None:
            return Answers(mean, std=std, names=names)
        mean = np.concatenate([1 - mean, mean], axis=1) if mean.shape[1] == 1 else mean
        std = std if std is None else np.broadcast_to(std, mean.shape)  # p and 1 - p vary alike
        return Answers(mean, [classes[index] for index in mean.argmax(axis=1)], std)

    predictor = Predictor(tuple(data["input_shape"]), data["input_dtype"], answer, _encoder(run))
    source = run.config.data
    if isinstance(source, ImageFolder):
        return replace(predictor, interpolation=source.interpolation, fit=source.fit)
    return predictor


def _encoder(run: Run) -> Callable[[Path], NDArray[Any]] | None:
    source, facts = run.config.data, run.environment["data"].get("table")
    return encoder(Table.of_facts(facts), source.delimiter) if isinstance(source, Csv) else None


def _one_pass(model: Any) -> Passes:
    return lambda x: (np.asarray(model.predict_on_batch(x), np.float32), None)


def _many_passes(model: Any, passes: int, run: Run) -> Passes:
    from piste.models.mc_dropout import mc_dropout

    try:
        dropping = mc_dropout(model, seed=run.config.seed)
    except ValueError as error:
        raise UsageError(f"`--mc-samples` does not fit {run.folder}: {error}") from error

    def call(x: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
        mean: Any = 0.0
        squares: Any = 0.0
        for done in range(1, passes + 1):  # Welford's update, so that no pass is kept
            output = np.asarray(dropping.predict_on_batch(x), np.float64)
            change = output - mean
            mean = mean + change / done
            squares = squares + change * (output - mean)
        return mean, np.sqrt(squares / passes)

    return call
