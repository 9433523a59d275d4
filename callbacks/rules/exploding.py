"""EXPLODING: the error signal grows on its way back, or the gradient grows from step to step."""

import statistics
from collections.abc import Sequence

from piste.callbacks.findings import Finding
from piste.callbacks.records import Record
from piste.callbacks.rules.changes import MATCHED, clip
from piste.callbacks.rules.converged import is_converged
from piste.callbacks.rules.depth import depth_profile, depth_score, steepest
from piste.callbacks.rules.history import finite, numbers
from piste.callbacks.rules.spikes import loss_at_start, standing_out, stays_above


def exploding(
    records: Sequence[Record],
    *,
    decades: float = 2.0,
    checks: int = 3,
    of_last: int = 5,
    window: int = 20,
    spread: float = 6.0,
    times: float = 5.0,
) -> list[Finding]:
    """Says where the gradient explodes: by depth, or from step to step.

    By depth: the median depth score `log10(delta_first / delta_last)` of the last checks lies above `decades`. The
    first checks have fewer before them, so weights that are too large from the start are told at step 1.

    From step to step: `checks` of the last `of_last` stand out from those before them; one alone is a spike. Or the
    largest loss since the check before stays over `times` what the loss was at the start.

    Args:
        records: oldest first.
        decades: the depth score above which the signal explodes.
        checks: how many checks must show it.
        of_last: among how many checks those that stand out are counted.
        window: how many checks before those they are compared with.
        spread: by how many standard deviations of log10(grad_norm) a check stands out.
        times: multiple of the loss at the start.

    Returns:
        A critical finding at the first layer, a warning for the whole model, both or none.

    References:
        Pascanu et al., 2013, On the difficulty of training recurrent neural networks.
    """
    records = finite(records)
    if not records:
        return []
    evidence: dict[str, float] = {}
    out, usual = standing_out(records, of_last=of_last, window=window, spread=spread)
    if len(out) >= checks:
        evidence |= {"checks_above": len(out), "grad_norm": out[-1], "grad_norm_before": usual}
    start, recent = loss_at_start(records), records[-checks:]
    if start is not None and len(recent) == checks and stays_above(recent, start, times):
        evidence |= {"loss_max": max(numbers(recent, "loss_max")), "loss_at_start": start}
    by_step = [_by_step(records[-1], evidence)] if evidence and not is_converged(records) else []
    return _by_depth(records, decades, checks) + by_step


def _by_depth(records: Sequence[Record], decades: float, checks: int) -> list[Finding]:
    recent = [depth_score(depth_profile(record)) for record in records[-checks:]]
    scores = [score for score in recent if score is not None]
    if recent[-1] is None or (score := statistics.median(scores)) <= decades:
        return []
    latest, at_first = records[-1], depth_score(depth_profile(records[0]))
    profile = {path: value for path, value in depth_profile(latest).items() if value > 0}
    (layer, first), *_, (_, last) = profile.items()
    return [
        Finding.at(
            latest,
            "EXPLODING",
            layer,
            "critical",
            evidence={"depth_score": score, "delta_first": first, "delta_last": last, "layers": float(len(profile))},
            causes=_causes(profile, initial := at_first is not None and at_first > decades),
            advice=(
                f"The error signal grows by {score:.1f} decades between the last layer and {layer}, so no learning "
                "rate fits both ends. Use the initialiser that matches the activation; if that is not enough, add "
                "batch normalisation or clip the gradient."
            ),
            change={**MATCHED, **({} if initial else clip(latest))},
        )
    ]


def _causes(profile: dict[str, float], initial: bool) -> list[str]:
    weights = "the initial weights are too large for this activation and depth"
    rate = "the weights have grown while training: the learning rate is too high"
    near, far, change = steepest(profile)
    return [
        *([weights, rate] if initial else [rate, weights]),
        "nothing renormalises the signal over this depth: no batch normalisation; it grows most, by "
        f"{change:.1f} decades, between {far} and {near}",
    ]


def _by_step(latest: Record, evidence: dict[str, float]) -> Finding:
    what = []
    if "grad_norm" in evidence:
        norm, before = evidence["grad_norm"], evidence["grad_norm_before"]
        what.append(f"The gradient's norm has reached {norm:.3g}, usually {before:.3g}.")
    if "loss_max" in evidence:
        highest, start = evidence["loss_max"], evidence["loss_at_start"]
        what.append(f"The loss has reached {highest:.3g}, though it began at {start:.3g}.")
    cure = "by three to ten" + ("." if "clipped" in latest else ", or clip the gradient.")
    return Finding.at(
        latest,
        "EXPLODING",
        None,
        "warning",
        evidence={name: float(value) for name, value in evidence.items()},
        causes=[
            "the learning rate is too high for where training has come to",
            "single batches are extreme: inputs or targets that are not scaled, or outliers",
            "a recurrent or deep part multiplies the signal at every step or layer",
        ],
        advice=" ".join([*what, f"Go back to a checkpoint from before and lower the learning rate {cure}"]),
        change=clip(latest),
    )
