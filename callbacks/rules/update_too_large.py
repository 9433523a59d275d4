"""UPDATE_TOO_LARGE: a step changes a kernel by much of its own size."""

import statistics
from collections.abc import Sequence

from piste.callbacks.findings import Finding
from piste.callbacks.records import Record
from piste.callbacks.rules.history import finite, numbers


def update_too_large(
    records: Sequence[Record], *, ratio: float = 0.1, checks: int = 5, after: int = 8
) -> list[Finding]:
    """Says which kernels are changed by more than a tenth of their size in a step.

    The ratio is `||W_new - W_old|| / ||W_old||`, whatever the optimizer, so momentum and Adam's scaling are in it.
    Healthy models reach 0.1 in their first steps, and some that learn well stay there for long, so this is never more
    than information.

    Args:
        records: oldest first.
        ratio: what the median of the last checks must exceed.
        checks: how many checks the median is taken of; fewer say nothing.
        after: checks up to this step are not counted.

    Returns:
        A finding for information for each such layer.
    """
    recent = [record for record in finite(records)[-checks:] if record["step"] > after]
    if len(recent) < checks:
        return []
    latest = recent[-1]
    findings = []
    for path, part in latest["layers"].items():
        if "update_ratio" not in part:
            continue
        ratios = numbers([record["layers"].get(path, {}) for record in recent], "update_ratio")
        if len(ratios) < checks or (median := statistics.median(ratios)) <= ratio:
            continue
        findings.append(
            Finding.at(
                latest,
                "UPDATE_TOO_LARGE",
                path,
                "info",
                evidence={"update_ratio": median, "largest": max(ratios)},
                causes=[
                    "the learning rate is too high for this layer",
                    "the kernel is small beside its gradient: a small initialiser, or a strong penalty on weights",
                ],
                advice=(
                    f"A step changes the kernel of {path} by {100 * median:.0f} % of its size; from 0.01 % to 10 % is "
                    f"usual. If the loss is restless, divide the learning rate by {round(100 * median)} or so."
                ),
                change={},
            )
        )
    return findings
