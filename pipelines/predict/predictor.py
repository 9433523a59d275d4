"""A trained model that answers, from a run folder or from a SavedModel."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from piste.pipelines.config.schema.csv import Csv
from piste.pipelines.config.schema.image_folder import ImageFolder
from piste.pipelines.config.schema.runtime import Runtime
from piste.pipelines.data.csv_file import read_csv
from piste.pipelines.data.encode_csv import encode_csv
from piste.pipelines.data.images import Fit
from piste.pipelines.data.table import Table
from piste.pipelines.errors import ArtefactError, UsageError
from piste.pipelines.run import Run

SIGNATURE = "serving_default"
FACTS = "assets.extra/export.json"  # beside a SavedModel, which has no place for it inside
Passes = Callable[[NDArray[Any]], tuple[NDArray[Any], NDArray[Any] | None]]


@dataclass(frozen=True, eq=False)
class Answers:
    """What a model says of a batch.

    Args:
        values: (n, C) probabilities or (n, d) predictions; of several passes their mean.
        labels: the name of each sample's most probable class; None for regression.
        std: standard deviations of the values over the passes, divided by their number; None of one pass.
        names: the labels' names where a sample may have several; else None.
    """

    values: NDArray[Any]
    labels: Sequence[str] | None = None
    std: NDArray[Any] | None = None
    names: Sequence[str] | None = None


@dataclass(frozen=True, eq=False)
class Predictor:
    """A model and what it takes.

    Args:
        shape: of one sample.
        dtype: of the inputs, raw.
        answer: from a batch to its answers.
        encode: from a file of raw columns to samples, for a model of a table; None for others.
        interpolation: the filter that resizes images, as in training.
        fit: what becomes of images with other ratios of the sides, as in training.
    """

    shape: tuple[int, ...]
    dtype: str
    answer: Callable[[NDArray[Any]], Answers]
    encode: Callable[[Path], NDArray[Any]] | None = None
    interpolation: str = "bilinear"
    fit: Fit = "stretch"


def open_predictor(path: Path, passes: int | None = None) -> Predictor:
    """Opens a run folder, or a SavedModel, which TensorFlow alone loads.

    Args:
        path: a run folder, a SavedModel, or a folder of SavedModels by version, of which the highest is taken.
        passes: of Monte Carlo dropout, which only a run can do; None for one pass without dropout.

    Raises:
        UsageError: if there is neither, or the passes do not fit.
        ArtefactError: if it is damaged.
    """
    if passes is not None and passes < 2:
        raise UsageError(f"`--mc-samples` must be at least 2. Received: {passes}; 100 are usual.")
    if (path / "config.resolved.yaml").is_file():
        return _of_run(path, passes)
    folder = _saved_model(path)
    if folder is None:
        raise UsageError(f"Expected a run folder or a SavedModel. Received: {path}, which is neither.")
    if passes is not None:
        raise UsageError(f"`--mc-samples` must come with a run folder. Received: {path}; an export has no dropout.")
    return _of_saved_model(folder)


def _of_run(path: Path, passes: int | None) -> Predictor:
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
    if facts is None or not isinstance(source, Csv):
        return None
    table, delimiter = Table.of_facts(facts), source.delimiter
    return lambda path: encode_csv(read_csv(path, delimiter), table)


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


def _saved_model(path: Path) -> Path | None:
    if (path / "saved_model.pb").is_file():
        return path
    versions = [child for child in path.glob("[0-9]*") if child.name.isdigit() and (child / "saved_model.pb").is_file()]
    return max(versions, key=lambda child: int(child.name), default=None)


def _of_saved_model(folder: Path) -> Predictor:
    from piste.pipelines.environment import quiet_stderr, start_tensorflow

    start_tensorflow(Runtime(), seed=0)
    import tensorflow as tf

    try:
        with quiet_stderr():
            loaded = tf.saved_model.load(str(folder))
        serve = loaded.signatures[SIGNATURE]
        spec = serve.structured_input_signature[1]["inputs"]
    except Exception as error:  # a damaged export may raise anything
        reason = (str(error).splitlines() or [type(error).__name__])[0].rstrip(".")
        raise ArtefactError(f"{folder} must be a SavedModel that takes `inputs`. Received: {reason}.") from error
    names = set(serve.structured_outputs)
    if not names >= {"probabilities", "class_name"} and names != {"predictions"}:
        raise ArtefactError(
            f"{folder} must give `probabilities` and `class_name`, or `predictions`. "
            f"Received: {', '.join(sorted(names))}."
        )

    labels = _label_names(folder)

    def answer(x: NDArray[Any], keeps_the_variables_alive: Any = loaded) -> Answers:
        given = {name: tensor.numpy() for name, tensor in serve(inputs=tf.constant(x)).items()}
        if "predictions" in given:
            return Answers(given["predictions"], names=labels)
        return Answers(given["probabilities"], [name.decode() for name in given["class_name"]])

    return Predictor(tuple(spec.shape[1:]), spec.dtype.name, answer)


def _label_names(folder: Path) -> Sequence[str] | None:
    """Returns the labels' names that an export of Piste says it has; None for one class a sample, or other exports."""
    file = folder / FACTS
    if not file.is_file():
        return None
    try:
        facts = json.loads(file.read_text("utf-8"))
        names = facts["classes"] if facts["task"] == "multilabel" else None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ArtefactError(
            f"{file} must be what the export wrote. Received: {error}; export the run again."
        ) from error
    return names
