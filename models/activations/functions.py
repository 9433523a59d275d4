"""The functions behind the table, looked up when they are used. Imports Keras."""

from collections.abc import Callable
from functools import partial
from typing import Any

import keras

from piste.models.activations import own
from piste.models.activations.rrelu import mean_slope
from piste.models.activations.smelu import smelu
from piste.models.activations.spec import read
from piste.models.activations.swish import swish

Function = Callable[..., Any]


def _thresholded_relu(x: Any, threshold: float = 1.0) -> Any:
    return keras.activations.relu(x, threshold=threshold)


def _parametric_swish(x: Any, beta: float = 1.0) -> Any:
    return swish(x, beta)


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
    "rrelu": mean_slope,
    "thresholded_relu": _thresholded_relu,
    "smelu": smelu,
    "elu": keras.activations.elu,
    "celu": own.celu,
    "selu": keras.activations.selu,
    "gelu": keras.activations.gelu,
    "gelu_tanh": own.gelu_tanh,
    "silu": swish,
    "parametric_swish": _parametric_swish,
    "mish": keras.activations.mish,
    "hard_swish": keras.activations.hard_silu,
}
"""Name in the table -> f(tensor, **arguments). The learned ones are as before training, `rrelu` as in inference."""


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
