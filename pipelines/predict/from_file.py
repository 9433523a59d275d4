"""An ONNX, LiteRT or `.keras` file that Piste exported."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from piste.pipelines.config.schema.runtime import Runtime
from piste.pipelines.errors import ArtefactError
from piste.pipelines.export.clean_process import open_litert, open_onnx
from piste.pipelines.export.compare import both_classes
from piste.pipelines.export.formats import FILES, require_packages
from piste.pipelines.predict.export_facts import read_export_facts
from piste.pipelines.predict.predictor import Answers, Predictor

KINDS = {name: kind for kind, name in FILES.items() if kind != "saved_model"}
Call = Callable[[NDArray[Any]], NDArray[Any]]


def from_file(file: Path) -> Predictor:
    """Opens an exported file by the runtime that it is for: onnxruntime, LiteRT, or Keras with Piste's layers.

    Args:
        file: called as the export called it, with `export.json` beside it, which says what goes in and comes out.

    Raises:
        DeviceError: if the runtime is not installed.
        ArtefactError: if the file or what stands beside it is damaged.
    """
    from piste.pipelines.environment import quiet_stderr

    kind = KINDS[file.name]
    require_packages([kind])
    about = file.with_name("export.json")
    facts = read_export_facts(about)
    if facts.input is None:
        raise ArtefactError(f"{about} must say what the model takes. Received: no `input`; export the run again.")
    shape, dtype = facts.input.sample, facts.input.dtype
    try:
        with quiet_stderr():
            call = _keras(file) if kind == "keras" else _converted(file, kind)
            outputs = call(np.zeros((1, *shape), dtype)).shape[1]
    except Exception as error:  # a damaged file may raise anything
        reason = (str(error).splitlines() or [type(error).__name__])[0].rstrip(".")
        raise ArtefactError(
            f"{file} must be a model that takes what {about.name} says. Received: {reason}; export the run again."
        ) from error
    classes = facts.classes if facts.task == "classification" else None
    named = facts.classes if facts.task in ("classification", "multilabel") else None
    if named is not None and outputs != len(named) and not (outputs, len(named), classes) == (1, 2, named):
        raise ArtefactError(f"{about} must name each output. Received: {len(named)} names; export the run again.")

    def answer(x: NDArray[Any]) -> Answers:
        values = both_classes(call(x), classes)
        if classes is None:
            return Answers(values, names=named)
        return Answers(values, [classes[index] for index in values.argmax(axis=1)])

    return facts.prepare(Predictor(shape, dtype, answer))


def _converted(file: Path, kind: str) -> Call:
    _, call = {"onnx": open_onnx, "litert": open_litert}[kind](str(file))

    def values(x: NDArray[Any]) -> NDArray[Any]:
        (given,) = call(x).values()
        return np.asarray(given)

    return values


def _keras(file: Path) -> Call:
    from piste.pipelines.environment import start_tensorflow

    start_tensorflow(Runtime(), seed=0)
    from piste.models.load_model import load_model

    model = load_model(file)
    return lambda x: np.asarray(model.predict_on_batch(x), np.float32)
