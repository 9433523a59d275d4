"""The functions behind the table, looked up when they are used. Imports Keras."""

from collections.abc import Callable
from functools import partial
from typing import Any

import keras

from piste.models.activations import own
from piste.models.activations.spec import read

Function = Callable[..., Any]

FUNCTIONS: dict[str, Function] = {
    "linear": keras.activations.linear,
    "sigmoid": keras.activations.sigmoid,
    "tanh": keras.activations.tanh,
    "softplus": keras.activations.softplus,
    "softsign": keras.activations.softsign,
    "hard_sigmoid": keras.activations.hard_sigmoid,
    "relu": keras.activations.relu,
    "relu6": keras.activations.relu6,
    "leaky_relu": keras.activations.leaky_relu,
    "prelu": lambda x, alpha: keras.activations.leaky_relu(x, negative_slope=alpha),
    "elu": keras.activations.elu,
    "celu": own.celu,
    "selu": keras.activations.selu,
    "gelu": keras.activations.gelu,
    "gelu_tanh": own.gelu_tanh,
    "silu": keras.activations.silu,
    "mish": keras.activations.mish,
    "hard_swish": keras.activations.hard_silu,
}
"""Name in the table -> f(tensor, **arguments). `prelu` is the function before training."""


def function(name: str, **arguments: float) -> Function:
    """The activation as a function from tensor to tensor.

    Args:
        name: A name or alias of the table.
        **arguments: Arguments of the activation; the others keep their defaults.

    Raises:
        ValueError: The name or an argument is unknown, or a value is out of range.

    Example:
        >>> float(function("leaky_relu", negative_slope=0.5)(-2.0))
        -1.0
    """
    entry, settled = read({"type": name, **arguments})
    found = FUNCTIONS[entry.name]
    return partial(found, **settled) if settled else found
