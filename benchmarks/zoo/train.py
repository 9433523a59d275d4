"""Trains one model of the zoo and keeps the small files of its run."""

import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.zoo.rows import Row

KEPT = ("config.resolved.yaml", "metrics.jsonl", "findings.json")
FACTS = "zoo.json"


def train(row: Row, seed: int, commit: str, directory: str, stored: Path) -> None:
    """Trains in a new process with the commands that a user has, and keeps what came out.

    Args:
        row: what is trained.
        seed: of this training.
        commit: of the code, for the table.
        directory: the folder with Fashion-MNIST's four files.
        stored: where `<row>-<seed>` is made, with the run's config, epochs, findings, and `zoo.json`.

    Raises:
        subprocess.CalledProcessError: if a command fails.
    """
    with tempfile.TemporaryDirectory(prefix="piste-zoo-") as scratch:
        folder = Path(scratch) / "run"
        given = [part for override in row.overrides(seed, directory) for part in ("--set", override)]
        before = _cpu_seconds()
        _piste("train", row.config, *given, "--run", str(folder), quiet=False)
        cpu_seconds = _cpu_seconds() - before
        test = json.loads(_piste("evaluate", str(folder), "--split", "test", "--format", "json"))
        facts = {"commit": commit, "cpu_seconds": round(cpu_seconds), "cores": os.cpu_count(), "test": test}
        del facts["test"]["run"]
        facts |= _measured(folder)
        unfinished = Path(tempfile.mkdtemp(prefix=f".{row.name}-", dir=stored))
        for name in KEPT:
            shutil.copy(folder / name, unfinished)
        (unfinished / FACTS).write_text(json.dumps(facts, indent=2) + "\n", encoding="utf-8")
        unfinished.chmod(0o755)
        final = stored / row.run(seed)
        if final.exists():
            shutil.rmtree(final)
        unfinished.rename(final)


def _piste(*arguments: str, quiet: bool = True) -> str:
    command = [sys.executable, "-m", "piste", *arguments]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE if quiet else None, text=True)
    return done.stdout or ""


def _cpu_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _measured(folder: Path) -> dict[str, Any]:
    """Returns size, operations and latency of what was trained."""
    from piste.models.flops import flops
    from piste.pipelines.run import Run

    run = Run.open(folder)
    model = run.model()
    (export,) = run.exports
    saved = folder / export["folder"]
    return {
        "parameters": model.count_params(),
        "flops": flops(model),
        "saved_model_bytes": sum(file.stat().st_size for file in saved.rglob("*") if file.is_file()),
        "latency_ms": export["latency_ms"],
        "mode": run.environment["mode"],
    }
