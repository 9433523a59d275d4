"""The loss of a guess that knows nothing, to compare the first loss with."""

import math
from typing import Any

CATEGORICAL = ("categorical_crossentropy", "sparse_categorical_crossentropy")


def chance_loss(model: Any) -> float | None:
    """Returns the crossentropy of the uniform guess: log C for C classes, log 2 for independent yes-or-no outputs.

    Args:
        model: a compiled Keras model.

    Returns:
        None where it is not known: another loss, several outputs, or a model whose output shape is not known yet.

    Example:
        >>> import keras
        >>> model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(10, "softmax")])
        >>> model.compile(loss="sparse_categorical_crossentropy")
        >>> round(chance_loss(model), 4)
        2.3026
    """
    name = _name(model.loss)
    if name == "binary_crossentropy":
        return math.log(2)
    shape = getattr(model, "output_shape", None) if model.built else None
    if name not in CATEGORICAL or not isinstance(shape, tuple) or not isinstance(shape[-1], int):
        return None
    return math.log(shape[-1])


def _name(loss: Any) -> str | None:
    """Returns a loss's name in snake case, whether it was given as a name, a function or an object."""
    name = loss if isinstance(loss, str) else getattr(loss, "name", None) or getattr(loss, "__name__", None)
    return None if name is None else "".join(f"_{c.lower()}" if c.isupper() else c for c in name).removeprefix("_")
