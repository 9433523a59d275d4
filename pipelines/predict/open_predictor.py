"""From a path to a model that answers."""

from pathlib import Path

from piste.pipelines.errors import UsageError
from piste.pipelines.predict.from_run import from_run
from piste.pipelines.predict.from_saved_model import from_saved_model
from piste.pipelines.predict.predictor import Predictor


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
        return from_run(path, passes)
    folder = _saved_model(path)
    if folder is None:
        raise UsageError(f"Expected a run folder or a SavedModel. Received: {path}, which is neither.")
    if passes is not None:
        raise UsageError(f"`--mc-samples` must come with a run folder. Received: {path}; an export has no dropout.")
    return from_saved_model(folder)


def _saved_model(path: Path) -> Path | None:
    if (path / "saved_model.pb").is_file():
        return path
    versions = [child for child in path.glob("[0-9]*") if child.name.isdigit() and (child / "saved_model.pb").is_file()]
    return max(versions, key=lambda child: int(child.name), default=None)
