"""QUIET: units that are alive but hardly heard."""

from collections.abc import Sequence

from piste.callbacks.findings import Finding
from piste.callbacks.records import Record
from piste.callbacks.rules.history import finite, latest_with


def quiet(records: Sequence[Record], *, share: float = 0.1) -> list[Finding]:
    """Says which layers have many units whose outputs are tiny beside those of their neighbours.

    A unit is quiet when the mean size of its output is at most 0.025 of the mean over its layer. Dead units are not
    counted again. It is no fault: such units can wake up, or the task needs fewer.

    Args:
        records: oldest first.
        share: the share of quiet units from which a layer is mentioned.

    Returns:
        A finding for information for each such layer.

    References:
        Sokar et al., 2023, The dormant neuron phenomenon in deep reinforcement learning.
    """
    records = finite(records)
    now = latest_with(records, "quiet")
    counted = None if now is None else latest_with(records, "dead")
    if now is None or counted is None:
        return []
    findings = []
    for path, part in now["layers"].items():
        if "quiet" not in part:
            continue
        units, alive = part["units"], part["quiet"] - counted["layers"].get(path, {}).get("dead", 0)
        if alive / units < share:
            continue
        findings.append(
            Finding.at(
                now,
                "QUIET",
                path,
                "info",
                evidence={
                    "quiet": float(alive),
                    "units": float(units),
                    "share": alive / units,
                    "samples": float(part["sampled"]),
                },
                causes=["the layer is wider than the task needs", "units are on their way to die, or fire seldom"],
                advice=(
                    f"{alive} of {units} units of {path} have outputs below 2.5 % of the layer's mean. That harms "
                    "nothing by itself; a narrower layer may do as well."
                ),
                change={},
            )
        )
    return findings
