"""The functions behind the table in NumPy, for commands that do without TensorFlow."""

import math
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from piste.models.activations.spec import read

Array = npt.NDArray[np.float64]
ArrayFunction = Callable[..., Array]

_SELU_SCALE, _SELU_ALPHA = 1.0507009873554805, 1.6732632423543772


def _logistic(z: Array) -> Array:
    e = np.exp(-np.abs(z))
    share: Array = np.where(z >= 0, 1.0, e) / (1 + e)
    return share


def _two_slopes(z: Array, slope: float) -> Array:
    return np.where(z > 0, z, slope * z)


def _elu(z: Array, alpha: float = 1.0) -> Array:
    return np.where(z > 0, z, alpha * np.expm1(np.minimum(z, 0)))


def _ramp(z: Array) -> Array:
    return np.clip(z / 6 + 0.5, 0, 1)


def _smelu(z: Array, beta: float) -> Array:
    inside = np.clip(z + beta, 0, 2 * beta)
    return np.where(z >= beta, z, inside / (4 * beta) * inside)


def _swish(z: Array, beta: float) -> Array:
    return z * _logistic(beta * z)


def _gelu(z: Array) -> Array:
    # NumPy has no erfc.
    tail = np.fromiter(map(math.erfc, (-z / math.sqrt(2)).ravel().tolist()), float, z.size)
    h: Array = 0.5 * z * tail.reshape(z.shape)
    return h


def _gelu_tanh(z: Array) -> Array:
    inside = np.clip(z, -8, 8)  # beyond it the tanh is 1 to the last bit
    h: Array = 0.5 * z * (1 + np.tanh(math.sqrt(2 / math.pi) * (inside + 0.044715 * inside**3)))
    return h


ARRAY_FUNCTIONS: dict[str, ArrayFunction] = {
    "linear": lambda z: z,
    "sigmoid": _logistic,
    "tanh": np.tanh,
    "softplus": lambda z: np.logaddexp(0, z),
    "softsign": lambda z: z / (1 + np.abs(z)),
    "hard_sigmoid": _ramp,
    "relu": lambda z: np.maximum(z, 0),
    "relu6": lambda z: np.clip(z, 0, 6),
    "leaky_relu": lambda z, negative_slope: _two_slopes(z, negative_slope),
    "prelu": lambda z, alpha: _two_slopes(z, alpha),
    "rrelu": lambda z, lower, upper: _two_slopes(z, (lower + upper) / 2),
    "thresholded_relu": lambda z, threshold: np.where(z > threshold, z, 0.0),
    "smelu": _smelu,
    "elu": _elu,
    "celu": lambda z, alpha: np.where(z > 0, z, alpha * np.expm1(np.minimum(z, 0) / alpha)),
    "selu": lambda z: _SELU_SCALE * _elu(z, _SELU_ALPHA),
    "gelu": _gelu,
    "gelu_tanh": _gelu_tanh,
    "silu": _swish,
    "parametric_swish": _swish,
    "mish": lambda z: z * np.tanh(np.logaddexp(0, z)),
    "hard_swish": lambda z: z * _ramp(z),
}
"""Name in the table -> f(array, **arguments). The learned ones are as before training, `rrelu` as in inference."""


def array_function(spec: str | Mapping[str, Any]) -> ArrayFunction:
    """The activation as a function from a float64 array to one of the same shape.

    Args:
        spec: A name or alias of the table, or `{"type": name, argument: value}`.

    Raises:
        ValueError: The name or an argument is unknown, or a value is out of range.

    Example:
        >>> array_function({"type": "leaky_relu", "negative_slope": 0.5})(np.array([-2.0, 3.0]))
        array([-1.,  3.])
    """
    entry, settled = read(spec)
    return partial(ARRAY_FUNCTIONS[entry.name], **settled)


def array_slope(function: ArrayFunction, z: Array, kinks: Sequence[float] = ()) -> Array:
    """f'(z) by central differences that do not reach across a kink; about nine digits near 0.

    Args:
        function: f, from array to array.
        z: Where, of any shape. At a kink itself it is the mean of both slopes.
        kinks: The z at which f' jumps.

    Example:
        >>> array_slope(array_function("relu"), np.array([-1e-9, 1e-9]), kinks=[0.0]).round(6)
        array([0., 1.])
    """
    step = 1e-5 * np.maximum(1, np.abs(z))
    for kink in kinks:
        step = np.minimum(step, np.abs(z - kink) / 2)
    step = np.maximum(step, 4 * np.spacing(np.abs(z)))
    above, below = z + step, z - step
    slope: Array = (function(above) - function(below)) / (above - below)
    return slope
