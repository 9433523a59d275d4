"""Loss and metrics of a finished run on a part of its data."""

from pathlib import Path
from typing import Any

from piste.pipelines.data.dataset import Data
from piste.pipelines.data.load import load_data
from piste.pipelines.environment import quiet_stderr
from piste.pipelines.errors import DataError, UsageError
from piste.pipelines.run import Run


def evaluate_run(
    folder: Path, split: str = "test", mc_samples: int | None = None, seed: int | None = None
) -> dict[str, Any]:
    """Loads a run's weights and evaluates them.

    Args:
        folder: the run folder.
        split: "train", "validation" or "test".
        mc_samples: passes of Monte Carlo dropout, at least 2; None for none.
        seed: of what they drop; None takes the config's.

    Returns:
        The figures of `evaluate`, and under `mc_dropout` those of `mc_evaluate`, if it is asked for.

    Raises:
        UsageError: if there are too few passes, the model has no dropout, or it gives no probabilities.
        ArtefactError: if the weights are damaged.
        DataError: if the data has no such part, or is no longer what the run was trained on.
    """
    if mc_samples is None and seed is not None:
        raise UsageError(f"`--seed` must come with `--mc-samples`. Received: --seed {seed} alone; nothing else draws.")
    if mc_samples is not None and mc_samples < 2:
        raise UsageError(f"`--mc-samples` must be at least 2. Received: {mc_samples}; 100 are usual.")
    run = Run.open(folder)
    data = load_data(run.config)
    refuse_other_data(run, data)
    arrays = {"train": data.train, "validation": data.validation, "test": data.test}[split]
    if arrays is None:
        parts = ", ".join(name for name in ("train", "validation", "test") if getattr(data, name) is not None)
        raise DataError(f"`--split` must be a part that {data.name} has: {parts}. Received: {split}.")
    model = run.model()
    from piste.pipelines.compiling import compile_model
    from piste.pipelines.evaluate import evaluate
    from piste.pipelines.mc_evaluate import mc_evaluate

    with quiet_stderr():
        compile_model(model, run.config, data)
        figures: dict[str, Any] = evaluate(model, arrays)
        if mc_samples is None:
            return figures
        chosen = run.config.seed if seed is None else seed
        try:
            compared = mc_evaluate(model, arrays, data.task, passes=mc_samples, seed=chosen)
        except ValueError as error:
            raise UsageError(f"`--mc-samples` does not fit {folder}: {error}") from error
    return {**figures, "mc_dropout": compared}


def refuse_other_data(run: Run, data: Data) -> None:
    """Refuses data that a run was not trained on.

    Raises:
        DataError: if their fingerprints differ.
    """
    trained_on = run.environment["data"]["fingerprint"]
    if data.fingerprint != trained_on:
        raise DataError(
            f"The data must be what {run.folder} was trained on, fingerprint {trained_on[:12]}.... "
            f"Received: {data.fingerprint[:12]}...; restore the data or train again."
        )
