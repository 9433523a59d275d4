"""The layer that realises a row of the table. Imports Keras."""

from collections.abc import Mapping
from typing import Any

import keras

from piste.models.activations import own
from piste.models.activations.functions import FUNCTIONS
from piste.models.activations.spec import read
from piste.models.activations.table import SOFTMAX


def layer(spec: str | Mapping[str, Any], *, name: str, rank: int = 2, dtype: str | None = None) -> Any:
    """An activation as a layer of its own: Keras's where it has one, else Piste's.

    Args:
        spec: A name or `{"type": name, argument: value}`; also `softmax`.
        name: The layer's name.
        rank: Rank of the tensor it will see, batch included. From 3 on, PReLU learns one slope a channel (the
            last axis) as in its paper, instead of one a position.
        dtype: Precision policy of the layer; None takes Keras's global one.

    Raises:
        ValueError: The name or an argument is unknown, or a value is out of range.
    """
    if spec == SOFTMAX:
        return keras.layers.Activation("softmax", name=name, dtype=dtype)
    entry, arguments = read(spec)
    if entry.layer == "Activation":
        return keras.layers.Activation(FUNCTIONS[entry.name], name=name, dtype=dtype)
    if entry.layer == "PReLU":
        shared = list(range(1, rank - 1)) or None
        start = keras.initializers.Constant(arguments["alpha"])
        return keras.layers.PReLU(alpha_initializer=start, shared_axes=shared, name=name, dtype=dtype)
    cls: Any = own.CELU if entry.layer == "CELU" else getattr(keras.layers, entry.layer)
    return cls(**entry.constants, **arguments, name=name, dtype=dtype)
