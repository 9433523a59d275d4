"""Loss and metrics of a finished run on a part of its data."""

from pathlib import Path

from piste.pipelines.data.load import load_data
from piste.pipelines.environment import quiet_stderr
from piste.pipelines.errors import DataError
from piste.pipelines.run import Run


def evaluate_run(folder: Path, split: str = "test") -> dict[str, float]:
    """Loads a run's weights and evaluates them.

    Args:
        folder: the run folder.
        split: "train", "validation" or "test".

    Raises:
        ArtefactError: if the weights are damaged.
        DataError: if the data has no such part, or is no longer what the run was trained on.
    """
    run = Run.open(folder)
    data = load_data(run.config)
    trained_on = run.environment["data"]["fingerprint"]
    if data.fingerprint != trained_on:
        raise DataError(
            f"The data must be what {folder} was trained on, fingerprint {trained_on[:12]}.... "
            f"Received: {data.fingerprint[:12]}...; restore the data or train again."
        )
    arrays = {"train": data.train, "validation": data.validation, "test": data.test}[split]
    if arrays is None:
        parts = ", ".join(name for name in ("train", "validation", "test") if getattr(data, name) is not None)
        raise DataError(f"`--split` must be a part that {data.name} has: {parts}. Received: {split}.")
    model = run.model()
    from piste.pipelines.compiling import compile_model
    from piste.pipelines.evaluate import evaluate

    with quiet_stderr():
        compile_model(model, run.config, data)
        return evaluate(model, arrays)
