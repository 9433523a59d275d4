"""Where a model has activations, and which of them are to be swapped."""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import keras

from piste.models.activations.facts import Activation
from piste.models.activations.recognise import WITH_ACTIVATION, identify
from piste.models.activations.table import SOFTMAX
from piste.models.swapping.gates import is_hard_sigmoid
from piste.models.swapping.graph import inside, walk
from piste.models.swapping.swap import Left

Known = tuple[Activation, Mapping[str, float]]

SQUASHING = ("sigmoid", "tanh", "softsign", "hard_sigmoid")
"""Bounded on both sides: gates and outputs more often than hidden activations."""

_AXIS = (SOFTMAX, "log_softmax", "sparsemax")
_LAYERS = (
    keras.layers.Activation, keras.layers.ReLU, keras.layers.LeakyReLU, keras.layers.PReLU, keras.layers.ELU,
    keras.layers.Softmax,
)  # fmt: skip
_NODES = (
    "Relu", "ReLU", "Softmax", "LogSoftmax", "Sparsemax", "SparseSigmoid", "SparsePlus", "Squareplus", "LogSigmoid",
    "SoftShrink", "HardShrink", "TanhShrink", "HardTanh", "Threshold", "Glu",
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class Place:
    """An activation to swap: a layer, a node, or the argument of a layer that has a kernel too."""

    path: str
    operation: Any
    before: Known


def find_places(
    model: Any, after: Known, only: Collection[str] | None, outputs: bool
) -> tuple[list[Place], list[Left]]:
    """Looks at everything that a model calls.

    Args:
        model: One that has a graph.
        after: The new activation.
        only: Names of activations to swap; None for all but SQUASHING.
        outputs: Whether activations that give the model's output may be swapped.
    """
    places, left = [], []
    for path, operation, gives in walk(model):
        if _foreign(operation) or look(operation) is None:
            left += list(_hidden(path, operation))
            continue
        name, known = look(operation) or ("", None)
        why = _why_not(known, operation, name, after, only, gives and not outputs)
        if why or known is None:
            left.append(Left(path, name, why))
        else:
            places.append(Place(path, operation, known))
    return places, left


def look(thing: Any) -> tuple[str, Known | None] | None:
    """What a layer or node does last: the activation's name, and its row where the table has one; None for nothing.

    Example:
        >>> look(keras.layers.Dense(3)), look(keras.layers.Activation("softmax"))
        (None, ('softmax', None))
    """
    known = identify(thing)
    if known is not None:
        return None if known[0].name == "linear" else (shown(known), known)
    if isinstance(thing, WITH_ACTIVATION):
        return _snake(getattr(thing.activation, "__name__", type(thing.activation).__name__)), None
    node = type(thing).__module__.startswith("keras.") and type(thing).__name__ in _NODES
    return (_snake(type(thing).__name__), None) if isinstance(thing, _LAYERS) or node else None


def shown(known: Known) -> str:
    """An activation as words: its name, and the arguments that differ from the table's.

    Example:
        >>> shown(identify(keras.layers.LeakyReLU(negative_slope=0.1)))
        'leaky_relu (negative_slope 0.1)'
    """
    entry, arguments = known
    own = [f"{key} {value:g}" for key, value in arguments.items() if value != entry.arguments[key].default]
    return f"{entry.name} ({', '.join(own)})" if own else entry.name


def _why_not(
    known: Known | None, operation: Any, name: str, after: Known, only: Collection[str] | None, gives: bool
) -> str:
    if name in _AXIS:
        return "shares 1 out along an axis, which no activation of units does"
    if known is None:
        return "is not in the activations table, or not with these settings"
    if gives:
        return "gives the model's output: `outputs=True` swaps it too"
    if name == "relu6" and is_hard_sigmoid(operation):
        return "is part of a hard sigmoid, relu6(z + 3) / 6"
    if only is None and known[0].name in SQUASHING:
        return "is bounded as gates are: name it in `only` to swap it"
    if only is not None and known[0].name not in only:
        return "is not in `only`"
    same = known[0].name == after[0].name and dict(known[1]) == dict(after[1])
    return "is what was asked for already" if same else ""


def _foreign(operation: Any) -> bool:
    """Whether somebody else's code decides what is computed."""
    ours = type(operation).__module__.startswith(("keras.", "piste."))
    return not ours or isinstance(operation, keras.layers.Lambda)


def _hidden(path: str, operation: Any) -> Iterator[Left]:
    """What a layer does inside, where it cannot be swapped from outside."""
    kind, found = type(operation).__name__, False
    for layer in inside(operation):
        seen = look(layer)
        names = {"": seen[0]} if seen else {}
        for role in ("activation", "recurrent_activation"):
            function = vars(layer).get(role)
            if not seen and callable(function) and function is not keras.activations.linear:
                known = identify(function)
                names[f".{role}"] = shown(known) if known else _snake(getattr(function, "__name__", "unknown"))
        for role, name in names.items():
            found = True
            yield Left(f"{path}/{layer.name}{role}", name, f"is inside {kind}, whose own code calls it")
    if _foreign(operation) and not found:
        yield Left(path, kind, "has code of its own, which cannot be looked into")


def _snake(name: str) -> str:
    return "relu" if name == "ReLU" else re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
