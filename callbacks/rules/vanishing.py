"""VANISHING: the error signal shrinks on its way back to the first layer."""

import statistics
from collections.abc import Sequence

from piste.callbacks.findings import Finding, Severity
from piste.callbacks.records import Record
from piste.callbacks.rules.changes import MATCHED
from piste.callbacks.rules.converged import is_converged
from piste.callbacks.rules.depth import bias_profile, depth_profile, depth_score, steepest
from piste.callbacks.rules.history import finite, typical
from piste.callbacks.rules.traits import bounded


def vanishing(
    records: Sequence[Record], *, decades: float = -3.0, checks: int = 5, progress: float = 0.05
) -> list[Finding]:
    """Says where the gradient has vanished.

    The depth score of a check is `log10(delta_first / delta_last)`, the root mean squares of the loss's derivative
    by the pre-activations of the first and of the last layer with weights. Unlike a ratio of kernel gradients it
    does not depend on how the forward pass shrinks, and unlike a norm it does not confuse converged with vanished.
    Pooling over many positions thins delta out by their number and not what it adds up to, so that the biases'
    gradients, where they mean something, must have fallen as far.

    Args:
        records: oldest first.
        decades: the score below which the median of the last checks must lie.
        checks: how many checks the median is taken of; fewer say nothing.
        progress: share of the first losses by which the loss must have fallen for no more than a warning.

    Returns:
        One finding at the first layer, or none; it is critical if the loss does not fall either.

    References:
        Glorot and Bengio, 2010, Understanding the difficulty of training deep feedforward neural networks.
    """
    records = finite(records)
    recent = records[-checks:]
    scores = [score for record in recent if (score := _score(record, decades)) is not None]
    score = statistics.median(scores) if len(scores) == checks else 0.0
    if score >= decades or is_converged(records):
        return []
    latest = records[-1]
    profile = depth_profile(latest)
    layer, last = next(iter(profile)), list(profile.values())[-1]
    now, before = typical(recent, "loss"), typical(records[:checks], "loss")
    stuck = now is not None and before is not None and before - now < progress * abs(before)
    severity: Severity = "critical" if stuck else "warning"
    return [
        Finding.at(
            latest,
            "VANISHING",
            layer,
            severity,
            evidence={
                "depth_score": score,
                "delta_first": profile[layer],
                "delta_last": last,
                "layers": float(len(profile)),
            },
            causes=_causes(records, profile, decades),
            advice=(
                f"The error signal loses {-score:.1f} decades between the last layer and {layer}, so the first "
                "layers hardly learn. Use ELU or another unbounded activation with its matched initialiser; "
                "if that is not enough, add batch normalisation or use fewer layers."
            ),
            change={**({"model.activation": "elu"} if bounded(latest) else {}), **MATCHED},
        )
    ]


def _score(record: Record, decades: float) -> float | None:
    delta = depth_score(depth_profile(record))
    if delta is None or delta >= decades:
        return delta
    bias = depth_score(bias_profile(record))
    return delta if bias is None else max(delta, bias)


def _causes(records: Sequence[Record], profile: dict[str, float], decades: float) -> list[str]:
    causes = []
    for name, slope in bounded(records[-1])[:1]:
        causes.append(
            f"{name} passes back at most {slope:.2g} of the signal a layer, and less where it saturates; "
            f"there are {len(profile)} layers"
        )
    at_first = depth_score(depth_profile(records[0]))
    if at_first is not None and at_first >= decades:
        causes.append(f"units saturated or died while training: at first the signal lost {-at_first:.1f} decades only")
    causes.append("the initial weights are too small for this activation")
    near, far, change = steepest(profile)
    causes.append(
        "nothing renormalises the signal over this depth: no batch normalisation, no skip connections; it loses most, "
        f"{-change:.1f} decades, between {far} and {near}"
    )
    return causes
