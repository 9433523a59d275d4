"""DEAD: units that no sample activates."""

from collections.abc import Sequence

from piste.callbacks.findings import Finding, Severity
from piste.callbacks.records import Record

SEVERITIES: tuple[tuple[float, Severity], ...] = ((0.9, "critical"), (0.5, "warning"), (0.1, "info"))
CHANGES = {
    **{name: {"model.activation": "leaky_relu"} for name in ("relu", "relu6")},
    **{name: {"model.activation": "elu"} for name in ("sigmoid", "tanh", "hard_sigmoid", "softsign", "hard_swish")},
}


def dead(records: Sequence[Record]) -> list[Finding]:
    """Says which layers have units that do nothing.

    A unit is dead when the slope of its activation stayed below 0.001 on every sample of two windows in a row. With
    M samples that means, at 95 % confidence, that fewer than `1 - 0.05^(1/M)` of all samples activate it.

    Args:
        records: oldest first.

    Returns:
        A finding for each layer with 10 % dead units (info), 50 % (warning) or 90 % (critical).

    References:
        Lu et al., 2019, Dying ReLU and initialization: theory and numerical examples.
    """
    if records[-1]["nonfinite"] is not None:
        return []  # the slope of NaN is no number, so every unit would count as dead
    counted = [record for record in records if any("dead" in part for part in record["layers"].values())]
    if not counted:
        return []
    now, first = counted[-1], counted[0]
    findings = []
    for path, part in now["layers"].items():
        if "dead" not in part:
            continue
        share = part["dead"] / part["units"]
        severity = next((name for bound, name in SEVERITIES if share >= bound), None)
        if severity is None:
            continue
        at_first = first["layers"].get(path, {})
        born = at_first.get("dead", 0) / at_first["units"] if "units" in at_first else 0.0
        name = str(part.get("activation", "the activation"))
        findings.append(
            Finding(
                rule="DEAD",
                layer=path,
                severity=severity,
                epoch=now["epoch"],
                step=now["step"],
                last_step=now["step"],
                evidence={
                    "dead": float(part["dead"]),
                    "units": float(part["units"]),
                    "share": share,
                    "share_at_first": born,
                    "samples": float(part["samples"]),
                    "active_below": 1.0 - 0.05 ** (1.0 / part["samples"]),
                },
                causes=_causes(born, share),
                advice=(
                    f"{part['dead']} of {part['units']} units of {path} are flat on all of {part['samples']} samples: "
                    f"{name} passes no gradient there, so they cannot recover. {_way_out(name)}"
                ),
                change=CHANGES.get(name, {}),
            )
        )
    return findings


def _way_out(name: str) -> str:
    if name in CHANGES:
        return f"Use {CHANGES[name]['model.activation']}, which is steep over a wider range, or a lower learning rate."
    return "Use a lower learning rate, and check that the inputs are scaled."


def _causes(born: float, share: float) -> tuple[str, ...]:
    if born >= 0.8 * share:
        return (
            "the units were dead from the start: biases too negative, inputs not scaled, or a narrow and deep net",
            "the initialiser does not match the activation",
        )
    return (
        "the units died while training: a step too large pushed their biases down; lower the learning rate",
        "inputs that are not scaled make single steps too large",
    )
