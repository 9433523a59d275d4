"""The run report: headline, learning curves, health, config, environment."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from piste.callbacks.findings import Finding
from piste.callbacks.report.health import health_sections
from piste.callbacks.report.numbers import counted, show
from piste.callbacks.report.page import write_page
from piste.pipelines.report.curves import NOT_METRICS, learning_curves
from piste.pipelines.report.facts import RunFacts, duration, rows


def write_run_page(
    path: str | Path,
    facts: RunFacts,
    history: Sequence[Mapping[str, Any]],
    records: Sequence[Mapping[str, Any]],
    findings: Sequence[Finding],
) -> Path:
    """Writes the report of one run as one HTML file that needs nothing but itself.

    Args:
        path: the file to write; its folder is made if it is not there.
        facts: what was run, where, and what came out.
        history: one object an epoch, as in metrics.jsonl.
        records: what the monitor measured, oldest first; empty without one.
        findings: what follows from it.

    Returns:
        The file written.

    Example:
        >>> import tempfile
        >>> facts = RunFacts("quickstart", "seed: 42", "fused", "00" * 32, {"loss": 0.3, "val_accuracy": 0.88})
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     text = write_run_page(f"{folder}/report.html", facts, [], [], []).read_text(encoding="utf-8")
        >>> "<dt>validation accuracy</dt><dd>0.88</dd>" in text
        True
    """
    health, health_charts = health_sections(records, findings, facts.shares, facts.unseen)
    curves = learning_curves(history)
    variables = {
        "title": facts.name,
        "facts": facts,
        "lead": _lead(facts, len(history)),
        "tiles": _tiles(facts, health),
        "curves": curves,
        "health": health,
        "run_rows": _run_rows(facts),
        "environment": list(rows(facts.environment)),
        "exports": [list(rows(_without_digests(export))) for export in facts.exports],
    }
    return write_page(path, "run.html", variables, [*curves, *health_charts], home="piste.pipelines.report")


def _lead(facts: RunFacts, epochs: int) -> str:
    words = counted(epochs, "epoch")
    if facts.seconds is not None:
        words += f" in {duration(facts.seconds)}"
    reason = f" ({facts.mode_reason})" if facts.mode_reason else ""
    words += f", {facts.mode} mode{reason}"
    if facts.interrupted:
        words += ", interrupted"
    if facts.epoch is not None and facts.epoch != epochs:
        words += f". Training and validation figures are of epoch {facts.epoch}, whose weights were kept"
    return words + "."


def _tiles(facts: RunFacts, health: Mapping[str, Any]) -> list[tuple[str, str]]:
    final = {name: value for name, value in facts.metrics.items() if name.removeprefix("val_") not in NOT_METRICS}
    judged = {name: value for name, value in (facts.test_metrics or {}).items() if name != "samples"}
    tiles = [(_said(f"test_{name}"), show(value)) for name, value in judged.items()]
    held_out = [(_said(name), show(value)) for name, value in final.items() if name.startswith("val_")]
    training = [(_said(name), show(value)) for name, value in final.items() if not name.startswith("val_")]
    if not facts.watched:
        return [*tiles, *held_out, *training, ("findings", "not watched")]
    count = sum(len(card.places) for card in health["open"])
    return [*tiles, *held_out, *training, ("findings", str(count) if health["watched"] else "none measured")]


def _said(name: str) -> str:
    kinds = {"val": "validation", "test": "test"}
    kind, _, rest = name.partition("_")
    return f"{kinds[kind]} {rest}".replace("_", " ") if kind in kinds and rest else f"training {name}".replace("_", " ")


def _without_digests(export: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in export.items() if name != "sha256"}


def _run_rows(facts: RunFacts) -> list[tuple[str, str]]:
    reason = f"{facts.mode}: {facts.mode_reason}" if facts.mode_reason else facts.mode
    time = [] if facts.seconds is None else [("duration", duration(facts.seconds))]
    return [("mode", reason), *time, *rows(facts.data), ("data fingerprint", facts.fingerprint)]
