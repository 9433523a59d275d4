"""NONFINITE: a loss or a gradient is no longer a number."""

from collections.abc import Sequence

from piste.callbacks.findings import Finding
from piste.callbacks.records import Record


def nonfinite(records: Sequence[Record]) -> list[Finding]:
    """Says at which step and layer the first number came that is not finite.

    The instrument looks at the loss and at the gradients of all biases at every step, so nothing between two checks
    is missed.

    Args:
        records: oldest first.

    Returns:
        One critical finding, or none.
    """
    latest = records[-1]
    bad = latest["nonfinite"]
    if bad is None:
        return []
    before = [record for record in records if record["step"] < bad["step"] and isinstance(record["loss"], float)]
    evidence = {"first_step": float(bad["step"])}
    if before:
        evidence["loss_before"] = before[-1]["loss"]
        if isinstance(before[-1].get("grad_norm"), float):
            evidence["grad_norm_before"] = before[-1]["grad_norm"]
    return [
        Finding(
            rule="NONFINITE",
            layer=bad["layer"],
            severity="critical",
            epoch=latest["epoch"],
            step=latest["step"],
            last_step=latest["step"],
            evidence=evidence,
            causes=(
                "the learning rate is too high",
                "the inputs or targets are not scaled, or hold numbers that are not finite",
                "the initial weights are too large for the depth",
            ),
            advice=(
                f"The first number that is not finite came at step {bad['step']}"
                + (f", in the gradient of {bad['layer']}" if bad["layer"] else ", in the loss")
                + ". All weights after it are lost. Lower the learning rate by ten, clip the gradient, "
                "and check that the data is scaled."
            ),
            change={"training.optimizer.clipnorm": 1.0},
        )
    ]
