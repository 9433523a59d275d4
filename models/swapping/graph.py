"""What a model calls, in order: the layers and the nodes of `keras.ops`, also in models within it."""

from collections.abc import Iterator
from typing import Any

import keras

_MOVERS = (keras.layers.Reshape, keras.layers.Flatten, keras.layers.Permute, keras.layers.Identity)
"""Layers that only move values, so that what is before them still gives the output."""


def has_graph(model: Any) -> bool:
    """Whether Keras knows what the model calls: it is Sequential or functional, built, and of no class of its own."""
    keras_own = type(model).__module__.startswith("keras.")
    return isinstance(model, keras.Model) and keras_own and bool(getattr(model, "inputs", None))


def operations(model: Any) -> list[Any]:
    """Returns the layers and nodes that a model calls itself, without its inputs."""
    called = model.layers if isinstance(model, keras.Sequential) else model.operations
    return [operation for operation in called if not isinstance(operation, keras.layers.InputLayer)]


def walk(model: Any) -> list[tuple[str, Any, bool]]:
    """Lists every layer and node once, those of inner models in the place of these.

    Returns:
        Each with its path before it, and after it whether it gives an output of the whole model.
    """
    found: dict[int, tuple[str, Any, bool]] = {}
    for path, operation, gives in _walk(model, "", True):
        first, _, before = found.get(id(operation), (path, operation, False))
        found[id(operation)] = (first, operation, gives or before)
    return list(found.values())


def inside(layer: Any) -> list[Any]:
    """Returns the layers within a layer; Keras has no public way to ask this."""
    return list(layer._flatten_layers(include_self=False)) if isinstance(layer, keras.Layer) else []


def _walk(model: Any, prefix: str, gives: bool) -> Iterator[tuple[str, Any, bool]]:
    last = _last(model) if gives else set()
    for operation in operations(model):
        path = prefix + operation.name
        if has_graph(operation):
            yield from _walk(operation, f"{path}/", id(operation) in last)
        else:
            yield path, operation, id(operation) in last


def _last(model: Any) -> set[int]:
    """What gives the model's outputs, looking back through layers that only move values."""
    found: set[int] = set()
    waiting = [tensor._keras_history for tensor in model.outputs]
    while waiting:
        operation, index, _ = waiting.pop()
        found.add(id(operation))
        if isinstance(operation, _MOVERS):
            waiting += [tensor._keras_history for tensor in operation._inbound_nodes[index].input_tensors]
    return found
