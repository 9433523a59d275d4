"""The health report: findings first, then what the monitor saw of gradients and units."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from piste.callbacks.findings import Finding
from piste.callbacks.report.cards import cards
from piste.callbacks.report.chart import Chart
from piste.callbacks.report.depth_charts import depth_charts
from piste.callbacks.report.layer_charts import unit_charts, update_chart
from piste.callbacks.report.numbers import counted
from piste.callbacks.report.page import write_page
from piste.callbacks.report.run_charts import run_charts
from piste.callbacks.report.unit_map import unit_map

Record = Mapping[str, Any]


def write_health_report(
    path: str | Path,
    records: Sequence[Record],
    findings: Sequence[Finding],
    *,
    title: str = "Training health",
    shares: Mapping[str, np.ndarray] | None = None,
    unseen: Sequence[str] = (),
) -> Path:
    """Writes one HTML file that needs nothing but itself.

    Args:
        path: the file to write; its folder is made if it is not there.
        records: what a monitor measured, oldest first.
        findings: what follows from it.
        title: the page's title.
        shares: path -> active share of each unit in the latest full window; without them there is no unit map.
        unseen: a sentence for each thing that the monitor could not see.

    Returns:
        The file written.

    Example:
        >>> import tempfile
        >>> record = {"step": 1, "epoch": 1, "loss": 2.3, "layers": {"head": {"delta_rms": 0.1}}}
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     file = write_health_report(f"{folder}/health.html", [record], [], title="First step")
        ...     "<h1>First step</h1>" in file.read_text(encoding="utf-8")
        True
    """
    health, charts = health_sections(records, findings, shares or {}, unseen)
    return write_page(path, "health.html", {"title": title, "health": health}, charts)


def health_sections(
    records: Sequence[Record],
    findings: Sequence[Finding],
    shares: Mapping[str, np.ndarray],
    unseen: Sequence[str],
) -> tuple[dict[str, Any], list[Chart]]:
    """Makes what the health templates show, for this report and for larger ones.

    Args:
        records: what a monitor measured, oldest first.
        findings: what follows from it.
        shares: path -> active share of each unit in the latest full window.
        unseen: a sentence for each thing that the monitor could not see.

    Returns:
        The templates' variable `health`, and all charts in it.
    """
    activations = {
        layer: part["activation"] for record in records[-1:] for layer, part in record["layers"].items()
        if "activation" in part
    }  # fmt: skip
    signal = run_charts(records)
    flow = depth_charts(records) + update_chart(records)
    units = unit_map(shares, activations) + unit_charts(records)
    shown = cards(findings)
    health = {
        "open": [card for card in shown if not card.closed],
        "cured": [card for card in shown if card.closed],
        "watched": _watched(records, activations),
        "signal": signal,
        "flow": flow,
        "units": units,
        "uncounted": bool(activations) and not _counted(records),
        "unseen": list(unseen),
    }
    return health, signal + flow + units


def _watched(records: Sequence[Record], activations: Mapping[str, str]) -> str:
    if not records:
        return ""
    layers = {path for record in records for path in record["layers"]}
    weighted = {path for record in records for path, part in record["layers"].items() if "kernel_rms" in part}
    units = _counted(records)
    words = [
        f"{counted(len(records), 'check')} up to step {records[-1]['step']:,} watched {counted(len(layers), 'layer')}"
    ]
    if weighted:
        words.append(f"gradients of {len(weighted):,} of them")
    if activations:
        words.append(f"outputs of {counted(len(activations), 'activation')}")
    if units:
        words.append(counted(units, "unit"))
    return ", ".join(words) + "."


def _counted(records: Sequence[Record]) -> int:
    """Returns the number of units in the latest full window, 0 where none was full."""
    sums = (sum(part.get("units", 0) for part in record["layers"].values()) for record in reversed(records))
    return next((units for units in sums if units), 0)
