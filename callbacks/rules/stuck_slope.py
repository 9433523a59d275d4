"""STUCK_SLOPE: units that stay on one side of their activation's bend."""

from collections.abc import Sequence

from piste.callbacks.findings import Finding
from piste.callbacks.records import Record
from piste.callbacks.rules.changes import MATCHED, SCALED
from piste.callbacks.rules.history import finite, latest_with
from piste.callbacks.rules.traits import activations

BENT = ("leaky_relu", "prelu", "rrelu", "elu", "celu", "selu")  # steep on the left too, so that no unit there is dead


def stuck_slope(records: Sequence[Record], *, share: float = 0.95) -> list[Finding]:
    """Says which layers are linear in effect, because no unit ever crosses the bend of its activation.

    Args:
        records: oldest first.
        share: share of units positive on all samples, or on none, that a layer must exceed.

    Returns:
        A finding for information for each such layer.
    """
    records = finite(records)
    now = latest_with(records, "one_sided")
    if now is None:
        return []
    names = activations(now)
    findings = []
    for path, part in now["layers"].items():
        if names.get(path) not in BENT or part["one_sided"] / part["units"] <= share:
            continue
        foremost = path == next(iter(names))
        findings.append(
            Finding.at(
                now,
                "STUCK_SLOPE",
                path,
                "info",
                evidence={
                    "one_sided": float(part["one_sided"]),
                    "units": float(part["units"]),
                    "share": part["one_sided"] / part["units"],
                    "samples": float(part["sampled"]),
                },
                causes=[
                    "the inputs are not centred" if foremost else "the layers before it make its inputs one-sided",
                    "biases are large beside the weights",
                ],
                advice=(
                    f"{part['one_sided']} of {part['units']} units of {path} stay on one side of {names[path]}'s bend "
                    f"on all of {part['sampled']} samples, so the layer adds no shape that a linear one could not. "
                    + ("Standardize the inputs." if foremost else "Put batch normalisation before it.")
                ),
                change={**(SCALED if foremost else MATCHED)},
            )
        )
    return findings
