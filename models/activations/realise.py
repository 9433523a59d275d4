"""The layer that realises a row of the table. Imports Keras."""

from collections.abc import Mapping
from typing import Any

import keras

from piste.models.activations.functions import FUNCTIONS
from piste.models.activations.own import CELU
from piste.models.activations.rrelu import RReLU
from piste.models.activations.slopes import LEARNED
from piste.models.activations.smelu import SmeLU
from piste.models.activations.spec import read
from piste.models.activations.swish import Swish
from piste.models.activations.table import SOFTMAX

_OWN: dict[str, Any] = {cls.__name__: cls for cls in (CELU, RReLU, SmeLU, Swish)}


def layer(
    spec: str | Mapping[str, Any], *, name: str, rank: int = 2, dtype: str | None = None, seed: int | None = None
) -> Any:
    """An activation as a layer of its own: Keras's where it has one, else Piste's.

    Args:
        spec: A name or `{"type": name, argument: value}`; also `softmax`.
        name: The layer's name.
        rank: Rank of the tensor it will see, batch included. From 3 on, PReLU and parametric Swish learn one
            number a channel (the last axis), instead of one a position.
        dtype: Precision policy of the layer; None takes Keras's global one.
        seed: Of RReLU's draws.

    Raises:
        ValueError: The name or an argument is unknown, or a value is out of range.
    """
    if spec == SOFTMAX:
        return keras.layers.Activation("softmax", name=name, dtype=dtype)
    entry, arguments = read(spec)
    same: dict[str, Any] = {"name": name, "dtype": dtype}
    if entry.name == "silu" and arguments["beta"] == 1:  # Keras's own, so that a saved file needs no Piste
        return keras.layers.Activation("silu", **same)
    if entry.layer == "Activation":
        return keras.layers.Activation(FUNCTIONS[entry.name], **same)
    if entry.name in LEARNED:
        cls, weight = LEARNED[entry.name]
        start = {f"{weight}_initializer": keras.initializers.Constant(arguments[weight])}
        return cls(**start, shared_axes=list(range(1, rank - 1)) or None, **same)
    if entry.layer == "RReLU":
        same["seed"] = seed
    cls = _OWN.get(entry.layer) or getattr(keras.layers, entry.layer)
    return cls(**entry.constants, **arguments, **same)
