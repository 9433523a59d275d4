"""From a path to a model that answers."""

from pathlib import Path

from piste.pipelines.errors import UsageError
from piste.pipelines.predict.from_file import KINDS, from_file
from piste.pipelines.predict.from_run import from_run
from piste.pipelines.predict.from_saved_model import from_saved_model
from piste.pipelines.predict.predictor import Predictor


def open_predictor(path: Path, passes: int | None = None) -> Predictor:
    """Opens a run folder or an export, which is loaded by the runtime that it is for.

    Args:
        path: a run folder, a SavedModel, a folder of SavedModels by version, of which the highest is taken, or an
            exported ONNX, LiteRT or `.keras` file or its folder.
        passes: of Monte Carlo dropout, which only a run can do; None for one pass without dropout.

    Raises:
        UsageError: if there is neither, or the passes do not fit.
        DeviceError: if the runtime is not installed.
        ArtefactError: if it is damaged.
    """
    if passes is not None and passes < 2:
        raise UsageError(f"`--mc-samples` must be at least 2. Received: {passes}; 100 are usual.")
    if (path / "config.resolved.yaml").is_file():
        return from_run(path, passes)
    found = _saved_model(path) or _file(path)
    if found is None:
        raise UsageError(f"Expected a run folder or an export. Received: {path}, which is neither.")
    if passes is not None:
        raise UsageError(f"`--mc-samples` must come with a run folder. Received: {path}; an export has no dropout.")
    return from_file(found) if found.name in KINDS else from_saved_model(found)


def _file(path: Path) -> Path | None:
    candidates = [path, *(path / name for name in KINDS)]
    return next((file for file in candidates if file.name in KINDS and file.is_file()), None)


def _saved_model(path: Path) -> Path | None:
    if (path / "saved_model.pb").is_file():
        return path
    versions = [child for child in path.glob("[0-9]*") if child.name.isdigit() and (child / "saved_model.pb").is_file()]
    return max(versions, key=lambda child: int(child.name), default=None)
