"""f' as TensorFlow ops, from the output h wherever h determines it, so that z need not be read."""

import math
from collections.abc import Callable, Mapping
from typing import Any

import keras
import tensorflow as tf

from piste.models.activations.facts import Activation
from piste.models.activations.functions import FUNCTIONS
from piste.models.activations.spec import read
from piste.models.activations.swish import ParametricSwish

Slope = Callable[[Any, Any], Any]

LEARNED = {"prelu": (keras.layers.PReLU, "alpha"), "parametric_swish": (ParametricSwish, "beta")}
"""Name in the table -> the layer's class, and the argument that it learns."""

_SELU_SCALE = 1.0507009873554805
_SELU_LIMIT = 1.7580993408473766


def _step(condition: Any, like: Any, above: float = 1.0, below: float = 0.0) -> Any:
    return tf.where(condition, tf.constant(above, like.dtype), tf.constant(below, like.dtype))


def _exponential(h: Any, above: float, below: Any) -> Any:
    return tf.where(h > 0, tf.constant(above, h.dtype), below)


def _gelu(z: Any, h: Any) -> Any:
    density = tf.exp(-0.5 * z * z) / math.sqrt(2 * math.pi)
    return 0.5 * tf.math.erfc(-z / math.sqrt(2)) + z * density


def _gelu_tanh(z: Any, h: Any) -> Any:
    # Powers overflow in float16, so that z is clipped. Neither the bound nor the order of the terms is that of
    # own.gelu_tanh: TensorFlow would merge equal parts of the two and then round a watched step differently.
    z = tf.clip_by_value(z, -9.0, 9.0)
    scale, cubic = math.sqrt(2 / math.pi), 0.044715 * math.sqrt(2 / math.pi)
    square = z * z
    t = tf.tanh(z * (scale + cubic * square))
    return 0.5 * (1 + t) + 0.5 * z * (1 - t * t) * (scale + 3 * cubic * square)


def _swish(z: Any, h: Any, beta: Any) -> Any:
    # The sigmoid by way of tanh: TensorFlow would merge it with the activation's, and oneDNN then not fuse that.
    if not isinstance(beta, float):
        beta = tf.cast(beta, z.dtype)
    scaled = z if isinstance(beta, float) and beta == 1 else z * beta
    s = 0.5 + 0.5 * tf.tanh(0.5 * scaled)
    return s * (1 + scaled * (1 - s))


def _smelu(z: Any, h: Any, beta: float) -> Any:
    # h = (z + beta)^2 / (4 * beta) within the parabola, and the slope there is (z + beta) / (2 * beta).
    return tf.sqrt(tf.clip_by_value(h / beta, 0.0, 1.0))


def _mish(z: Any, h: Any) -> Any:
    # tanh(log(1 + e^z)) as a quotient, and not as the activation has it: TensorFlow would merge equal parts of the two
    # and then round a watched step differently.
    wide = tf.cast(z, "float32") if z.dtype.size < 4 else z
    e = tf.exp(tf.minimum(wide, 20.0))
    n = e * (e + 2)
    return tf.cast(n / (n + 2) + wide * (e / (1 + e)) * ((4 * n + 4) / tf.square(n + 2)), z.dtype)


def _hard_swish(z: Any, h: Any) -> Any:
    return tf.where(tf.abs(z) < 3, (2 * z + 3) / 6, _step(z > 0, z))


SLOPES: dict[str, Callable[..., Any]] = {
    "linear": lambda z, h: tf.ones_like(h),
    "sigmoid": lambda z, h: h * (1 - h),
    "tanh": lambda z, h: 1 - h * h,
    "softplus": lambda z, h: -tf.math.expm1(-h),
    "softsign": lambda z, h: tf.square(1 - tf.abs(h)),
    "hard_sigmoid": lambda z, h: _step((h > 0) & (h < 1), h, 1 / 6),
    "relu": lambda z, h: _step(h > 0, h),
    "relu6": lambda z, h: _step((h > 0) & (h < 6), h),
    "leaky_relu": lambda z, h, negative_slope: _step(h > 0, h, 1.0, negative_slope),
    "prelu": lambda z, h, alpha: tf.where(z > 0, tf.ones_like(z), tf.cast(alpha, z.dtype)),
    "rrelu": lambda z, h, lower, upper: _step(h > 0, h, 1.0, (lower + upper) / 2),
    "thresholded_relu": lambda z, h, threshold: _step(h > 0, h),
    "smelu": _smelu,
    "elu": lambda z, h, alpha: _exponential(h, 1.0, h + alpha),
    "celu": lambda z, h, alpha: _exponential(h, 1.0, h / alpha + 1),
    "selu": lambda z, h: _exponential(h, _SELU_SCALE, h + _SELU_LIMIT),
    "gelu": _gelu,
    "gelu_tanh": _gelu_tanh,
    "silu": _swish,
    "parametric_swish": _swish,
    "mish": _mish,
    "hard_swish": _hard_swish,
}
"""Name in the table -> f'(z, h, **arguments), for RReLU with the mean of its slopes.

A registered activation without one is differentiated.
"""


def slope(what: str | Mapping[str, Any] | tuple[Activation, Mapping[str, float]], layer: Any = None) -> Slope:
    """The derivative of an activation as a function of its input z and its output h.

    Where the table says `slope_from == "output"`, z is not read and may be None; else h may be None.

    Args:
        what: A name, `{"type": name, argument: value}` or what `identify` returned.
        layer: The layer it was identified in; what PReLU and parametric Swish learned is read on every call.

    Returns:
        `(z, h) -> f'(z)`, of their shape and dtype.

    Raises:
        ValueError: The name or an argument is unknown, or a value is out of range.
    """
    entry, arguments = what if isinstance(what, tuple) else read(what)
    derivative = SLOPES.get(entry.name)
    if derivative is None:
        return _differentiated(FUNCTIONS[entry.name])
    if entry.name in LEARNED and layer is not None:
        kind, weight = LEARNED[entry.name]
        owner = layer if isinstance(layer, kind) else layer.activation
        return lambda z, h: derivative(z, h, **{weight: tf.convert_to_tensor(getattr(owner, weight))})
    return lambda z, h: derivative(z, h, **arguments)


def _differentiated(function: Callable[[Any], Any]) -> Slope:
    def derivative(z: Any, h: Any) -> Any:
        with tf.GradientTape() as tape:
            tape.watch(z)
            out = function(z)
        return tape.gradient(out, z)

    return derivative
