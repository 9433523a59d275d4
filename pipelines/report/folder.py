"""The report of a run folder, from the folder's own files."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from piste.callbacks.report import read_shares
from piste.pipelines.config.stages import in_stages
from piste.pipelines.errors import ArtefactError
from piste.pipelines.report.facts import RunFacts
from piste.pipelines.report.kept import kept_epoch
from piste.pipelines.report.run import write_run_page
from piste.pipelines.run import Run

TOLD_ELSEWHERE = {
    "config",
    "mode",
    "mode_reason",
    "data",
    "seconds",
    "test",
    "export",
    "interrupted",
    "unseen",
    "watched",
}
# Of an export, what the page says of the run.
TOLD_OF_THE_RUN = {
    "version",
    "config",
    "task",
    "classes",
    "table",
    "images",
    "input",
    "data",
    "weights_sha256",
    "versions",
    "cores",
}


def write_run_report(path: str | Path, *, folder: str | Path) -> Path:
    """Writes the report of a run folder as one HTML file that needs nothing but itself.

    Args:
        path: the file to write.
        folder: the run folder.

    Returns:
        The file written.

    Raises:
        UsageError: if there is no run in the folder.
        ArtefactError: if a file of it is damaged.
    """
    run = Run.open(folder)
    history, records = run.history, run.records
    for number, record in enumerate(records, start=1):
        if not (
            isinstance(record, dict) and isinstance(record.get("layers"), dict) and {"step", "epoch"} <= set(record)
        ):
            raise ArtefactError(
                f"{run.folder / 'health.jsonl'} must hold one check a line. Received: line {number}, which is none."
            )
    return write_run_page(path, _facts(run, history), history, records, run.findings)


def _facts(run: Run, history: list[dict[str, Any]]) -> RunFacts:
    told = run.environment
    last = in_stages(run.config.training)[-1]
    # Early stopping restores the best epoch of its own stage.
    stage = [epoch for epoch in history if epoch.get("stage") == history[-1].get("stage")]
    kept = kept_epoch(stage, last.early_stopping)
    return RunFacts(
        name=told["config"],
        config=(run.folder / "config.yaml").read_text(encoding="utf-8"),
        mode=told["mode"],
        mode_reason=told["mode_reason"],
        seconds=told.get("seconds"),
        interrupted=told.get("interrupted", False),
        fingerprint=told["data"]["fingerprint"],
        data={name: value for name, value in told["data"].items() if name != "fingerprint"},
        metrics=kept or {},
        epoch=None if kept is None else kept["epoch"],
        test_metrics=told.get("test"),
        environment={name: value for name, value in told.items() if name not in TOLD_ELSEWHERE},
        exports=_exports(run),
        shares=_shares(run.folder / "health_units"),
        unseen=told.get("unseen", []),
        watched=run.config.health is not None,
    )


def _exports(run: Run) -> list[dict[str, Any]]:
    found = run.exports or ([run.environment["export"]] if "export" in run.environment else [])
    return [{name: value for name, value in export.items() if name not in TOLD_OF_THE_RUN} for export in found]


def _shares(folder: Path) -> Mapping[str, np.ndarray]:
    try:
        return read_shares(folder)
    except ValueError as error:
        raise ArtefactError(str(error)) from error
