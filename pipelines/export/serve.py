"""Runs exports in a clean process and brings back what they gave."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

SCRIPT = Path(__file__).with_name("clean_process.py")
Outputs = Mapping[str, NDArray[Any]]
Request = tuple[Path, NDArray[Any], Mapping[str, NDArray[Any]]]


@dataclass(frozen=True, eq=False)
class Served:
    """What one export gave in a clean process.

    Attributes:
        error: Why it could not be loaded or called; None when it could.
        signature: `inputs` and `outputs` of `serving_default`, each by name with dtype and shape.
        texts: The lists of strings that its functions hold, the classes' names among them.
        batch: Outputs by name for all samples.
        one: The same for the first sample alone.
        none: The same for an empty batch.
        seconds: Loading and serving, without the start of the process.
        latency_ms: Median milliseconds of a call, by its number of samples.
        columns: Outputs by name for all samples as raw columns; empty where none were given.
    """

    error: str | None
    signature: Mapping[str, Any]
    texts: Sequence[Sequence[str]]
    batch: Outputs
    one: Outputs
    none: Outputs
    seconds: float
    latency_ms: Mapping[str, float] = field(default_factory=dict)
    columns: Outputs = field(default_factory=dict)


def serve_in_clean_process(requests: Sequence[Request], kind: str = "saved_model") -> list[Served]:
    """Serves each export with its samples, all in one new process with neither Keras nor Piste.

    Args:
        requests: The path of each export, the samples to feed it, (n, ...) as the model takes them, and the same as
            raw columns by name, for the signature `columns`; empty where it has none.
        kind: What they are: "saved_model", or "onnx" or "litert", served without TensorFlow.

    Returns:
        The answers, in the order of the requests; a damaged export has an `error` and leaves the others alone.
    """
    with tempfile.TemporaryDirectory(prefix="piste-serve-") as temporary:
        work = Path(temporary)
        folders = [work / "requests" / f"{i:06d}" for i in range(len(requests))]
        for folder, (export, samples, columns) in zip(folders, requests, strict=True):
            folder.mkdir(parents=True)
            request = {"path": str(export.resolve()), "columns": list(columns)}
            (folder / "request.json").write_text(json.dumps(request), encoding="utf-8")
            np.save(folder / "samples.npy", samples, allow_pickle=False)
            np.savez(folder / "columns.npz", *columns.values())
        ended = subprocess.run(
            [sys.executable, "-I", str(SCRIPT.resolve()), str(work / "requests"), kind],
            cwd=work,
            # The training process may hold all of a GPU's memory.
            env={**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": "-1"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
        )
        last_words = (ended.stderr.strip().splitlines() or ["no message"])[-1]
        return [_read(folder, f"the process ended with code {ended.returncode}: {last_words}") for folder in folders]


def _read(folder: Path, ending: str) -> Served:
    result_file = folder / "result.json"
    if not result_file.exists():
        return Served(ending, {}, (), {}, {}, {}, 0.0)
    result = json.loads(result_file.read_text(encoding="utf-8"))
    if "error" in result:
        return Served(result["error"], {}, (), {}, {}, {}, 0.0)
    parts: dict[str, dict[str, NDArray[Any]]] = {"": {}, "one": {}, "none": {}, "columns": {}}
    with np.load(folder / "outputs.npz", allow_pickle=False) as arrays:
        for key in arrays.files:
            part, _, name = key.rpartition("/")
            parts[part][name] = arrays[key]
    one, none, columns = parts["one"], parts["none"], parts["columns"]
    return Served(error=None, batch=parts[""], one=one, none=none, columns=columns, **result)
