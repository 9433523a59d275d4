"""What stands around a zoo model's hidden layers: normalisation and dropout, as nodes."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from piste.models.nodes import Act, Layer, Node

BEFORE, AFTER = "before", "after"
DROPOUTS = ("dropout", "alpha_dropout", "gaussian_dropout")

Settings = Mapping[str, Any]

NORMALISED: Settings = MappingProxyType({"position": BEFORE})
"""The `batch_norm` of architectures that are normalised unless the config says otherwise."""


def normalised(layer: Layer, activation: Act | None, batch_norm: Settings | None) -> list[Node]:
    """The layer, its activation, and batch normalisation before or after that.

    A bias before batch normalisation has no effect, since the mean is subtracted: the layer has none then.

    Args:
        layer: One with a kernel.
        activation: Of the layer; None for a linear end.
        batch_norm: `{"position": "before" or "after", "momentum": ..., "epsilon": ...}`; None for none.

    Raises:
        ValueError: The position is unknown.
    """
    acts: list[Node] = [] if activation is None else [activation]
    if batch_norm is None:
        return [layer, *acts]
    position = batch_norm.get("position", BEFORE)
    if position not in (BEFORE, AFTER):
        raise ValueError(f"`position` of `batch_norm` must be before or after. Received: {position}.")
    norm = norm_node(layer.name, batch_norm)
    if position == AFTER:
        return [layer, *acts, norm]
    bare = Layer(layer.type, layer.name, {**layer.arguments, "use_bias": False}, layer.where, layer.initializer)
    return [bare, norm, *acts]


def preactivated(name: str, batch_norm: Settings | None) -> list[Node]:
    """Batch normalisation and the activation `<name>_act`, for blocks that have them before their kernel.

    Args:
        name: Of the place.
        batch_norm: As `normalised` has it; "after" stands for after the activation.
    """
    act = Act(f"{name}_act")
    if batch_norm is None:
        return [act]
    norm = norm_node(name, batch_norm)
    return [act, norm] if batch_norm.get("position", BEFORE) == AFTER else [norm, act]


def norm_node(name: str, batch_norm: Settings) -> Layer:
    """The batch normalisation of the layer `name`."""
    arguments = {key: batch_norm[key] for key in ("momentum", "epsilon") if key in batch_norm}
    return Layer("batch_normalization", f"{name}_norm", arguments, "batch_norm")


def drop(names: Sequence[str], dropout: float | Settings) -> dict[str, list[Node]]:
    """What is dropped before each of the dense layers.

    Args:
        names: Of the dense layers, first to last.
        dropout: A rate before every one of them, or `{"type": one of DROPOUTS, "rate": ..., "last": n}`; with
            `last` only before the last n.

    Returns:
        The layer's name -> nodes before it.

    Raises:
        ValueError: A value is out of range.
    """
    given: Settings = dropout if isinstance(dropout, Mapping) else {"rate": dropout}
    kind, rate, last = given.get("type", "dropout"), given["rate"], given.get("last")
    if kind not in DROPOUTS:
        raise ValueError(f"`type` of `dropout` must be one of {', '.join(DROPOUTS)}. Received: {kind}.")
    if not 0 <= rate < 1:
        raise ValueError(f"`dropout` must be at least 0 and less than 1. Received: {rate}.")
    chosen = names if last is None else names[max(0, len(names) - last) :]
    return {
        name: [Layer(kind, f"{name}_dropout", {"rate": rate}, "dropout")] if rate and name in chosen else []
        for name in names
    }
