"""NONFINITE: a loss or a gradient is no longer a number."""

from collections.abc import Sequence

from piste.callbacks.findings import Finding
from piste.callbacks.records import Record
from piste.callbacks.rules.changes import MATCHED, SCALED, clip
from piste.callbacks.rules.depth import depth_profile, depth_score
from piste.callbacks.rules.history import finite, number


def nonfinite(records: Sequence[Record], *, decades: float = 2.0) -> list[Finding]:
    """Says at which step and layer the first number came that is not finite.

    The instrument looks at the loss and at the gradients of all biases at every step, so nothing between two checks
    is missed. A step that loss scaling skips is no such number: the optimizer never applied it.

    Args:
        records: oldest first.
        decades: the depth score above which the initial weights are named as the likeliest cause.

    Returns:
        One critical finding, or none.
    """
    latest = records[-1]
    bad = latest["nonfinite"]
    if bad is None:
        return []
    before = finite(records)
    evidence = {"first_step": float(bad["step"])}
    if before:
        known = {key: number(before[-1], key) for key in ("loss", "grad_norm")}
        known["depth_score"] = depth_score(depth_profile(before[-1]))
        evidence |= {f"{key}_before": value for key, value in known.items() if value is not None}
    grew = evidence.get("depth_score_before", 0.0) > decades
    return [
        Finding.at(
            latest,
            "NONFINITE",
            bad["layer"],
            "critical",
            evidence=evidence,
            causes=_causes(bad["step"], grew),
            advice=(
                f"The first number that is not finite came at step {bad['step']}"
                + (f", in the gradient of {bad['layer']}" if bad["layer"] else ", in the loss")
                + ". All weights after it are lost. Lower the learning rate by ten, clip the gradient, "
                "and check that the data is scaled."
            ),
            change={**(MATCHED if grew else SCALED if bad["step"] == 1 else {}), **clip(latest)},
        )
    ]


def _causes(step: int, grew: bool) -> list[str]:
    """Ranks the causes: what was there at the first step was there before any update."""
    rate = "the learning rate is too high"
    data = "the inputs or targets are not scaled, or hold numbers that are not finite"
    weights = "the initial weights are too large for the depth"
    if grew:
        return [weights, rate, data]
    return [data, weights, rate] if step == 1 else [rate, data, weights]
