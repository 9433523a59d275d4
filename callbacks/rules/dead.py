"""DEAD: units that no sample activates."""

from collections.abc import Sequence

from piste.callbacks.findings import Finding, Severity
from piste.callbacks.records import Record
from piste.callbacks.rules.changes import MATCHED, clip, steeper
from piste.callbacks.rules.history import finite, latest_with, places_with, unit_prefix
from piste.callbacks.rules.life import Life, life
from piste.callbacks.rules.traits import judged

Z_SQUARED = 1.959964**2  # of a normal distribution's middle 95 %


def dead(
    records: Sequence[Record], *, some: float = 0.1, half: float = 0.5, most: float = 0.9, born: float = 0.8
) -> list[Finding]:
    """Says which layers have units that do nothing.

    A unit is dead when the slope of its activation stayed below 0.001 on every sample of two windows in a row. With
    M samples Wilson's interval says at 95 % confidence that fewer than `z^2 / (M + z^2)` of all samples activate it,
    z = 1.96. Where a probe was measured, its samples decide, in inference, and windows do not. Layers that were dead at
    the first count were born so; others died, most of them by the count that rose most.

    Args:
        records: oldest first.
        some: share of dead units from which a layer is worth a finding for information.
        half: the share from which it is a warning.
        most: the share from which it is critical.
        born: share of the dead units that must have been dead at the first count for the start to be the cause.

    Returns:
        A finding for each layer with dead units enough.

    References:
        Lu et al., 2019, Dying ReLU and initialization: theory and numerical examples.
    """
    records = finite(records)
    kind = unit_prefix(records)
    counted = f"{kind}dead"
    now = latest_with(records, counted)
    bounds: tuple[tuple[float, Severity], ...] = ((most, "critical"), (half, "warning"), (some, "info"))
    if now is None:
        return []
    found: dict[str, Severity] = {}
    for path, part in now["layers"].items():
        share = part[counted] / part["units"] if counted in part else 0.0
        severity = next((name for bound, name in bounds if share >= bound), None)
        if severity is not None and judged(now, path):
            found[path] = severity
    counts = places_with(records, counted) if found else []
    return [_finding(now, path, how, life(records, counts, path, counted), born, kind) for path, how in found.items()]


def _finding(now: Record, path: str, severity: Severity, lived: Life, born: float, kind: str) -> Finding:
    part = now["layers"][path]
    flat, units, samples = part[f"{kind}dead"], part["units"], part[f"{kind}samples"]
    name, from_start = part["activation"], lived.at_first >= born * flat
    return Finding.at(
        now,
        "DEAD",
        path,
        severity,
        evidence={
            "dead": float(flat),
            "units": float(units),
            "share": flat / units,
            "share_at_first": lived.at_first / units,
            "samples": float(samples),
            "active_below": Z_SQUARED / (samples + Z_SQUARED),
            **lived.evidence(),
        },
        causes=_born() if from_start else _died(lived),
        advice=(
            f"{flat} of {units} units of {path} are flat on all of {samples} {'probe ' if kind else ''}samples: "
            f"{name} passes no gradient there, so they cannot recover by themselves. "
            f"Use {steeper(name)['model.activation']}, which is steep over a wider range, "
            + ("and the matched initialiser with biases of 0." if from_start else "or a lower learning rate.")
        ),
        change={**steeper(name), **(MATCHED if from_start else clip(now))},
    )


def _born() -> list[str]:
    return [
        "the units were dead from the start: biases too negative, inputs not scaled, or a narrow and deep net",
        "the initialiser does not match the activation",
    ]


def _died(lived: Life) -> list[str]:
    drift = "the units died while training: their biases drifted down; lower the learning rate"
    data = "inputs that are not scaled make single steps too large"
    if lived.spike is None:
        return [drift, data]
    before, highest = lived.spike
    jump = f"the loss went from {before:.3g} to {highest:.3g} by step {lived.died_step}"
    return [f"the units died while training: a step was too large, for {jump}; lower the learning rate", data]
