"""CONVERGED: gradients are small because there is little left to learn."""

import statistics
from collections.abc import Sequence

from piste.callbacks.findings import Finding
from piste.callbacks.records import Record
from piste.callbacks.rules.depth import depth_profile, depth_score
from piste.callbacks.rules.history import finite, number, numbers, typical


def converged(
    records: Sequence[Record], *, decades: float = 2.0, gradient: float = 0.01, loss: float = 0.05, checks: int = 3
) -> list[Finding]:
    """Says that a model has converged, which is what tells small gradients from vanished ones.

    Args:
        records: oldest first.
        decades: the size of the depth score below which the signal still reaches the first layer.
        gradient: share of the largest gradient norm that the latest must lie below.
        loss: share of the first loss that the latest must lie below.
        checks: how many checks the latest norm and loss are medians of.

    Returns:
        One finding for information, or none.
    """
    records = finite(records)
    if not is_converged(records, decades=decades, gradient=gradient, loss=loss, checks=checks):
        return []
    latest, recent = records[-1], records[-checks:]
    evidence = {
        "loss": statistics.median(numbers(recent, "loss")),
        "loss_at_start": records[0]["loss"],
        "grad_norm": statistics.median(numbers(recent, "grad_norm")),
        "grad_norm_max": max(numbers(records, "grad_norm")),
    }
    return [
        Finding.at(
            latest,
            "CONVERGED",
            None,
            "info",
            evidence=evidence,
            causes=["the model has learned what the training data has to teach it"],
            advice=(
                f"The loss has come down from {evidence['loss_at_start']:.3g} to {evidence['loss']:.3g} and gradients "
                "have shrunk with it, evenly over the depth. Nothing is wrong; watch the validation loss from here."
            ),
            change={},
        )
    ]


def is_converged(
    records: Sequence[Record], *, decades: float = 2.0, gradient: float = 0.01, loss: float = 0.05, checks: int = 3
) -> bool:
    """Whether loss and gradient are small beside what they were while the signal still reaches the first layer.

    Args:
        records: oldest first, all finite.
        decades: as for `converged`, and so are the others.
        gradient: share of the largest gradient norm.
        loss: share of the first loss.
        checks: how many checks medians are taken of.
    """
    if len(records) < checks or (first := number(records[0], "loss")) is None or first <= 0:
        return False
    now, norm = typical(records[-checks:], "loss"), typical(records[-checks:], "grad_norm")
    if now is None or norm is None or now >= loss * first:
        return False
    score = depth_score(depth_profile(records[-1]))
    return score is not None and abs(score) < decades and norm < gradient * max(numbers(records, "grad_norm"))
