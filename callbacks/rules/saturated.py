"""SATURATED: most of a layer's outputs lie where its activation is nearly flat."""

from collections.abc import Sequence

from piste.callbacks.findings import Finding
from piste.callbacks.records import Record
from piste.callbacks.rules.changes import MATCHED, SCALED, clip, steeper
from piste.callbacks.rules.history import finite, number, numbers
from piste.callbacks.rules.traits import activations, centred, judged


def saturated(records: Sequence[Record], *, share: float = 0.75, checks: int = 3) -> list[Finding]:
    """Says which layers of sigmoid, tanh and the like work outside the middle of their activation.

    An output is saturated where the slope is below 5 % of its largest. Judged are activations that flatten on both
    sides alike. The one flat side of ReLU, ELU or GELU is what they are used for, and the end of a model may be as
    sure as it likes.

    Args:
        records: oldest first.
        share: the share of saturated outputs that every one of the last checks must exceed.
        checks: how many checks must show it.

    Returns:
        A warning for each such layer.

    References:
        Glorot and Bengio, 2010, Understanding the difficulty of training deep feedforward neural networks.
    """
    records = finite(records)
    recent = records[-checks:]
    if len(recent) < checks:
        return []
    latest = records[-1]
    names = activations(latest)
    findings = []
    for path, name in names.items():
        if not centred(name):
            continue
        shares = numbers([record["layers"].get(path, {}) for record in recent], "saturated")
        if len(shares) < checks or min(shares) <= share or not judged(latest, path):
            continue
        at_first = number(records[0]["layers"].get(path, {}), "saturated")
        initial = at_first is not None and at_first > share
        foremost = path == next(iter(names))
        findings.append(
            Finding.at(
                latest,
                "SATURATED",
                path,
                "warning",
                evidence={"share": shares[-1], **({} if at_first is None else {"share_at_first": at_first})},
                causes=_causes(initial, foremost),
                advice=(
                    f"{100 * shares[-1]:.0f} % of the outputs of {path} lie where {name} has less than 5 % of its "
                    "slope, so little of the gradient passes. "
                    + ("Scale the inputs" if foremost else "Use smaller weights or batch normalisation before it")
                    + f", or use {steeper(name)['model.activation']} with its matched initialiser."
                ),
                change={**steeper(name), **MATCHED, **(SCALED if foremost else {} if initial else clip(latest))},
            )
        )
    return findings


def _causes(initial: bool, foremost: bool) -> list[str]:
    weights = "the initial weights are too large for this activation"
    inputs = "the inputs are not scaled"
    rate = "the weights have grown while training: the learning rate is too high"
    if not initial:
        return [rate, inputs] if foremost else [rate, weights]
    return [inputs, weights] if foremost else [weights, "the layers before it make its inputs too large"]
