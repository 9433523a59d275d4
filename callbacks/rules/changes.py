"""Changes of the config that rules suggest: key -> value."""

from types import MappingProxyType
from typing import Any

from piste.callbacks.records import Record
from piste.callbacks.rules.traits import centred

MATCHED = MappingProxyType({"model.initializer": "auto"})
SCALED = MappingProxyType({"data.scale": "standardize"})


def clip(record: Record) -> dict[str, Any]:
    """Returns the change that limits gradients; none where the optimizer clips already, for Keras clips in one way.

    Example:
        >>> clip({"layers": {}}), clip({"layers": {}, "clipped": False})
        ({'training.optimizer.clipnorm': 1.0}, {})
    """
    return {} if "clipped" in record else {"training.optimizer.clipnorm": 1.0}


def steeper(name: str) -> dict[str, Any]:
    """Returns the change to an activation that is steep over a wider range than this one.

    Example:
        >>> steeper("tanh"), steeper("relu"), steeper("leaky_relu")
        ({'model.activation': 'elu'}, {'model.activation': 'leaky_relu'}, {'model.activation': 'elu'})
    """
    return {"model.activation": "elu" if centred(name) or name == "leaky_relu" else "leaky_relu"}
