"""SYMMETRIC: units of a layer are copies of each other."""

from collections.abc import Sequence

from piste.callbacks.findings import Finding
from piste.callbacks.records import Record
from piste.callbacks.rules.changes import MATCHED
from piste.callbacks.rules.history import finite, number, numbers


def symmetric(records: Sequence[Record], *, alike: float = 0.99999, checks: int = 3) -> list[Finding]:
    """Says in which layers all units compute the same.

    Units that start with equal weights receive equal gradients and stay equal: the layer is worth one unit. Measured
    is the share of a kernel's power that all its units have in common, 1 when every column is the same. Kernels that
    start equal and come apart in the first steps, such as an output of zeros, are sound.

    Args:
        records: oldest first.
        alike: the share that every one of the last checks must exceed.
        checks: how many checks must show it.

    Returns:
        A critical finding for each such layer.
    """
    records = finite(records)
    recent = records[-checks:]
    if len(recent) < checks:
        return []
    latest = records[-1]
    findings = []
    for path, part in latest["layers"].items():
        if "kernel_rms" not in part or (number(part, "alike") or 0.0) <= alike:
            continue
        shares = numbers([record["layers"].get(path, {}) for record in recent], "alike")
        if len(shares) < checks or min(shares) <= alike:
            continue
        findings.append(
            Finding.at(
                latest,
                "SYMMETRIC",
                path,
                "critical",
                evidence={"alike": min(shares), "checks": float(checks)},
                causes=[
                    "the kernel was initialised with a constant, and so was the layer after it",
                    "weights were loaded or set in which all units are the same",
                ],
                advice=(
                    f"All units of {path} have the same weights at step {latest['step']}, so the layer does the work "
                    "of a single unit and training cannot tell them apart. Use a random initialiser."
                ),
                change={**MATCHED},
            )
        )
    return findings
