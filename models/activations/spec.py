"""Reads `elu` or `{"type": "elu", "alpha": 0.5}` into a row of the table and its arguments."""

from collections.abc import Mapping
from typing import Any

from piste.models.activations.facts import Activation
from piste.models.activations.table import find


def read(spec: str | Mapping[str, Any]) -> tuple[Activation, dict[str, float]]:
    """The entry that a config's `activation` names, and its arguments with defaults filled in.

    Raises:
        ValueError: The name or an argument is unknown, or a value is out of range.
        TypeError: The spec or an argument has the wrong type.

    Example:
        >>> entry, arguments = read({"type": "leaky_relu", "negative_slope": 0.01})
        >>> entry.name, arguments
        ('leaky_relu', {'negative_slope': 0.01})
    """
    if isinstance(spec, str):
        entry = find(spec)
        return entry, entry.settle({})
    if not isinstance(spec, Mapping) or not isinstance(spec.get("type"), str):
        raise TypeError(f"`activation` must be a name or a map with a `type`. Received: {spec!r}.")
    entry = find(spec["type"])
    return entry, entry.settle({key: value for key, value in spec.items() if key != "type"})
