"""Which layers of a model are meant: by name, by pattern, by number."""

from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase
from typing import Any

from piste.models.suggest import did_you_mean

_PATTERN = frozenset("*?[")


def weighted_layers(model: Any) -> list[Any]:
    """Returns the layers that have weights, in order, without the layer `scale`, which is fitted to the data."""
    return [layer for layer in model.layers if layer.weights and layer.name != "scale"]


def find_layers(model: Any, wanted: Sequence[str | int]) -> list[Any]:
    """Returns the layers with weights that are meant, in the model's order, each once.

    Args:
        model: a built Keras model.
        wanted: names, patterns such as "dense_*", or numbers among the layers with weights, counted from 0 and
            backwards from -1.

    Raises:
        ValueError: if one of them means no layer; the message offers the nearest name.

    Example:
        >>> import keras
        >>> layers = [keras.layers.Dense(3, name="a"), keras.layers.Dense(1, name="b")]
        >>> model = keras.Sequential([keras.Input((2,)), *layers])
        >>> [layer.name for layer in find_layers(model, ["b"])], [layer.name for layer in find_layers(model, ["*"])]
        (['b'], ['a', 'b'])
    """
    layers = [layer for layer in model.layers if layer.weights]
    counted = weighted_layers(model)
    chosen: set[str] = set()
    for item in wanted:
        if isinstance(item, int):
            if not -len(counted) <= item < len(counted):
                raise ValueError(
                    f"A layer's number must be from {-len(counted)} to {len(counted) - 1}: so many layers with weights "
                    f"there are. Received: {item}."
                )
            chosen.add(counted[item].name)
            continue
        found = {layer.name for layer in layers if layer.name == item or fnmatchcase(layer.name, item)}
        if not found:
            raise ValueError(_none(item, [layer.name for layer in layers]))
        chosen |= found
    return [layer for layer in layers if layer.name in chosen]


def _none(item: str, names: Iterable[str]) -> str:
    known = list(names)
    kind = "pattern" if _PATTERN & set(item) else "name"
    near = did_you_mean(item, known) if kind == "name" else ""
    return f"A {kind} must mean a layer with weights: {', '.join(known)}. Received: {item}.{near}"
