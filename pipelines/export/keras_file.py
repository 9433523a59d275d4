"""Writes a model as a `.keras` file and compares what Piste loads from it."""

import statistics
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from piste.models.load_model import load_model
from piste.pipelines.export.compare import tolerance, values_differ
from piste.pipelines.export.verify import files_of

BATCHES, CALLS = (1, 256), 20


def write_keras(model: Any, file: Path) -> None:
    """Writes a `.keras` file: layers with their arguments, and weights.

    Args:
        model: not compiled, so that no optimizer is stored.
        file: where to.
    """
    model.save(file)


def judge_keras(
    file: Path, samples: NDArray[Any], outputs: NDArray[Any], *, classes: Sequence[str] | None, precision: str
) -> dict[str, Any] | str:
    """Loads the file with Piste's layers and compares what it gives.

    Args:
        file: the `.keras` file.
        samples: as the model takes them.
        outputs: what the model gave.
        classes: the classes' names; None for regression.
        precision: the model's policy, which chooses the tolerance.

    Returns:
        What a run folder keeps of an export, or in words what is wrong.
    """
    started = time.perf_counter()
    try:
        loaded = load_model(file)
    except Exception as error:  # a damaged file may raise anything
        return f"Piste must load it. Received: {(str(error).splitlines() or [type(error).__name__])[0].rstrip('.')}."
    answers = loaded.predict(samples, verbose=0)
    seconds = time.perf_counter() - started
    model, found = np.asarray(outputs, np.float32), np.asarray(answers, np.float32)
    allowed = tolerance(model, precision)
    wrong = values_differ(found, model, "predictions" if classes is None else "probabilities", allowed)
    if wrong:
        return wrong
    return {
        "max_abs_difference": float(np.abs(found - model).max()),
        "samples": len(samples),
        "tolerance": asdict(allowed),
        **files_of(file),
        "seconds": seconds,
        "latency_ms": _latency(loaded, samples),
    }


def _latency(model: Any, samples: NDArray[Any]) -> dict[str, float]:
    medians = {}
    for size in BATCHES:
        batch = np.resize(samples, (size, *samples.shape[1:]))
        model.predict_on_batch(batch)
        taken = []
        for _ in range(CALLS):
            started = time.perf_counter()
            model.predict_on_batch(batch)
            taken.append(time.perf_counter() - started)
        medians[str(size)] = 1000 * statistics.median(taken)
    return medians
