"""NO_GRADIENT: no error signal at all reaches the first layers."""

from collections.abc import Mapping, Sequence
from itertools import takewhile
from typing import Any

from piste.callbacks.findings import Finding
from piste.callbacks.records import Record
from piste.callbacks.rules.changes import MATCHED, steeper
from piste.callbacks.rules.depth import depth_profile, depth_score
from piste.callbacks.rules.history import finite, number
from piste.callbacks.rules.traits import activations


def no_gradient(
    records: Sequence[Record], *, checks: int = 2, decades: float = -3.0, loss: float = 0.05, noise: float = 1e-10
) -> list[Finding]:
    """Says that the first layers receive a gradient of exactly 0, and where it ends; or that all of it is rounding.

    A product with exactly 0 ends it: a layer whose units are all dead, an output that cannot change such as softmax
    over one unit, or a part that the loss does not depend on. VANISHING is something else, and what has vanished
    until it is too small for a number is left to it. A check at which loss scaling skipped steps says nothing, because
    a float16 that is too small is 0 as well.

    Args:
        records: oldest first.
        checks: how many checks in a row must show it.
        decades: the depth score of the other layers below which the zeros are the end of a vanishing signal.
        loss: share of the first loss below which a gradient of 0 everywhere means that nothing is left to learn.
        noise: the whole gradient is rounding if at every check its squared norm is below this times the loss; a
            ratio that does not change with the scale of squared errors.

    Returns:
        One critical finding at the last layer that still receives a gradient, counted from the output, or at none
        if no layer does.
    """
    records = finite(records)
    recent = records[-checks:]
    if len(recent) < checks or any(record.get("skipped", 0) for record in recent):
        return []
    latest = records[-1]
    if all(_is_noise(record, noise) for record in records):
        return [_all_noise(latest)]
    if not all(_cut_off(record) for record in recent):
        return []
    score = depth_score(depth_profile(latest))
    if score is not None and score < decades:
        return []
    trained, silent = _trained(latest), _cut_off(latest)
    receiver = next((path for path in trained if path not in silent), None)
    first, now = number(records[0], "loss"), number(latest, "loss")
    if receiver is None and first is not None and now is not None and now < loss * first:
        return []
    flat = _flat_activation(latest, silent[-1], receiver)
    ends = f"the gradient ends behind {receiver}" if receiver else "no layer receives a gradient"
    return [
        Finding.at(
            latest,
            "NO_GRADIENT",
            receiver,
            "critical",
            evidence={"layers_without": float(len(silent)), "layers": float(len(trained))},
            causes=_causes(receiver, flat, "skipped" in latest),
            advice=(
                f"{len(silent)} of {len(trained)} trained layers, from {silent[0]} to {silent[-1]}, have a gradient of "
                f"exactly 0: {ends}. They cannot learn, at any learning rate. {_way_out(receiver, flat)}"
            ),
            change={**steeper(flat[1]), **MATCHED} if flat and receiver else {},
        )
    ]


def _is_noise(record: Record, noise: float) -> bool:
    norm, loss = number(record, "grad_norm"), number(record, "loss")
    return norm is not None and loss is not None and 0 < norm**2 < noise * loss


def _all_noise(latest: Record) -> Finding:
    trained = len(_trained(latest))
    return Finding.at(
        latest,
        "NO_GRADIENT",
        None,
        "critical",
        evidence={"layers": float(trained), "grad_norm": float(latest["grad_norm"]), "loss": float(latest["loss"])},
        causes=_causes(None, None, "skipped" in latest),
        advice=(
            f"The gradient of all {trained} trained layers has been rounding errors since the first step, "
            f"{latest['grad_norm']:.1g} at a loss of {latest['loss']:.3g}: nothing is learnt, at any learning rate. "
            f"{_way_out(None, None)}"
        ),
        change={},
    )


def _trained(record: Record) -> dict[str, Mapping[str, Any]]:
    return {path: part for path, part in record["layers"].items() if "kernel_rms" in part or "bias_rms" in part}


def _cut_off(record: Record) -> list[str]:
    """Returns the trained layers at the front that receive nothing."""
    return [path for path, _ in takewhile(lambda item: _is_silent(item[1]), _trained(record).items())]


def _is_silent(part: Mapping[str, Any]) -> bool:
    # A penalty on weights has a gradient of its own, so the delta decides where there is one.
    if "delta_rms" in part:
        return number(part, "delta_rms") == 0
    figures = [number(part, "kernel_rms")] if "kernel_rms" in part else []
    if "bias_rms" in part and not part.get("bias_idle"):
        figures.append(number(part, "bias_rms"))
    return bool(figures) and all(figure == 0 for figure in figures)


def _flat_activation(record: Record, last_silent: str, receiver: str | None) -> tuple[str, str] | None:
    """Returns path and name of an activation flat everywhere between two layers, both ends included."""
    paths = list(record["layers"])
    end = len(paths) if receiver is None else paths.index(receiver)
    for path in paths[paths.index(last_silent) : end]:
        if number(record["layers"][path], "saturated") == 1.0:
            return path, activations(record)[path]
    return None


def _causes(receiver: str | None, flat: tuple[str, str] | None, scaled: bool) -> list[str]:
    causes = []
    if flat:
        causes.append(f"every unit of {flat[0]} is in the flat part of {flat[1]}, which lets nothing through")
    if receiver is None:
        causes.append("the output cannot change: softmax over one unit, or a flat activation at the end")
    if scaled:
        causes.append("the gradient is too small for float16")
    causes.append("the loss does not depend on these layers: a branch that is cut off, or stop_gradient")
    return causes


def _way_out(receiver: str | None, flat: tuple[str, str] | None) -> str:
    if flat and receiver:
        return "Use an activation that is steep over a wider range, its matched initialiser, and biases of 0."
    if receiver is None:
        return "Let the last activation and the loss fit: sigmoid for one unit, softmax for two and more."
    return f"Look at what lies between {receiver} and the layer before it."
