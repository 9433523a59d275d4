"""VANISHING: the error signal shrinks on its way back to the first layer."""

import math
import statistics
from collections.abc import Sequence
from typing import Any

from piste.callbacks.findings import Finding, Severity
from piste.callbacks.records import Record

BOUNDED = {"sigmoid": 0.25, "hard_sigmoid": 1 / 6, "tanh": 1.0, "softsign": 1.0}


def vanishing(records: Sequence[Record], *, decades: float = -3.0, checks: int = 5) -> list[Finding]:
    """Says where the gradient has vanished.

    The depth score of a check is `log10(delta_first / delta_last)`, the root mean squares of the loss's derivative
    by the pre-activations of the first and of the last layer with weights. Unlike a ratio of kernel gradients it
    does not depend on how the forward pass shrinks, and unlike a norm it does not confuse converged with vanished.

    Args:
        records: oldest first.
        decades: the score below which the median of the last checks must lie.
        checks: how many checks the median is taken of; fewer say nothing.

    Returns:
        One finding at the first layer, or none. It is critical if the loss has not fallen by 5 % either.

    References:
        Glorot and Bengio, 2010, Understanding the difficulty of training deep feedforward neural networks.
    """
    recent = records[-checks:]
    profiles = [profile for profile in map(delta_profile, recent) if len(profile) >= 2]
    if len(profiles) < checks:
        return []
    values = [list(profile.values()) for profile in profiles]
    ends = [(deltas[0], deltas[-1]) for deltas in values]
    if any(first <= 0 or last <= 0 for first, last in ends):
        return []
    score = statistics.median(math.log10(first / last) for first, last in ends)
    if score >= decades:
        return []
    latest = records[-1]
    layer = next(iter(profiles[-1]))
    stuck = _loss(recent) > 0.95 * _loss(records[:checks])
    severity: Severity = "critical" if stuck else "warning"
    names = [part["activation"] for part in latest["layers"].values() if "activation" in part]
    return [
        Finding(
            rule="VANISHING",
            layer=layer,
            severity=severity,
            epoch=latest["epoch"],
            step=latest["step"],
            last_step=latest["step"],
            evidence={
                "depth_score": score,
                "delta_first": ends[-1][0],
                "delta_last": ends[-1][1],
                "layers": float(len(profiles[-1])),
            },
            causes=_causes(names, len(profiles[-1])),
            advice=(
                f"The error signal loses {-score:.1f} decades between the last layer and {layer}, so the first "
                "layers hardly learn. Use ELU or another unbounded activation with its matched initialiser; "
                "if that is not enough, add batch normalisation or use fewer layers."
            ),
            change={"model.activation": "elu", "model.initializer": "auto"},
        )
    ]


def delta_profile(record: Record) -> dict[str, float]:
    """Returns path -> delta RMS of the layers with weights, in call order, where it is finite."""
    return {
        path: part["delta_rms"] for path, part in record["layers"].items() if isinstance(part.get("delta_rms"), float)
    }


def _loss(records: Sequence[Record]) -> float:
    return statistics.median(float(record["loss"]) for record in records)


def _causes(names: list[Any], layers: int) -> tuple[str, ...]:
    bounded = [name for name in names if name in BOUNDED]
    causes = []
    if bounded:
        slope = BOUNDED[bounded[0]]
        causes.append(
            f"{bounded[0]} passes back at most {slope:.2g} of the signal a layer, and less where it saturates; "
            f"there are {layers} layers"
        )
    causes.append("the initial weights are too small for this activation")
    causes.append("nothing renormalises the signal over this depth: no batch normalisation, no skip connections")
    return tuple(causes)
