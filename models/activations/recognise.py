"""Which activation a layer or function of somebody else's model is."""

from collections.abc import Callable
from functools import partial
from typing import Any

import keras
import tensorflow as tf

from piste.models.activations import own
from piste.models.activations.facts import Activation
from piste.models.activations.functions import FUNCTIONS
from piste.models.activations.rrelu import RReLU
from piste.models.activations.smelu import SmeLU
from piste.models.activations.swish import ParametricSwish, Swish
from piste.models.activations.swish import swish as own_swish
from piste.models.activations.table import find

Found = tuple[str, dict[str, float]] | None

WITH_ACTIVATION = (
    keras.layers.Activation,
    keras.layers.Dense,
    keras.layers.EinsumDense,
    keras.layers.Conv1D,
    keras.layers.Conv2D,
    keras.layers.Conv3D,
    keras.layers.Conv1DTranspose,
    keras.layers.Conv2DTranspose,
    keras.layers.Conv3DTranspose,
    keras.layers.DepthwiseConv1D,
    keras.layers.DepthwiseConv2D,
    keras.layers.SeparableConv1D,
    keras.layers.SeparableConv2D,
)
"""Layers whose `activation` is the last thing they do; a recurrent layer's is not."""


def _relu(
    negative_slope: float = 0.0, max_value: float | None = None, threshold: float = 0.0, alpha: float = 0.0
) -> Found:
    slope = negative_slope or alpha
    if threshold:
        return ("thresholded_relu", {"threshold": float(threshold)}) if max_value is None and not slope else None
    if max_value is None:
        return ("leaky_relu", {"negative_slope": float(slope)}) if slope else ("relu", {})
    return ("relu6", {}) if max_value == 6 and not slope else None


def _leaky(negative_slope: float = 0.2) -> Found:
    return "leaky_relu", {"negative_slope": float(negative_slope)}


def _alpha(name: str) -> Callable[..., Found]:
    return lambda alpha=1.0: (name, {"alpha": float(alpha)})


def _gelu(default: bool) -> Callable[..., Found]:
    return lambda approximate=default: ("gelu_tanh" if approximate else "gelu", {})


def _swish(beta: float = 1.0) -> Found:
    return "silu", {"beta": float(beta)}


def _plain(name: str) -> Callable[..., Found]:
    return lambda: (name, {})


_PLAIN_NAMES = {
    "linear": "linear",
    "sigmoid": "sigmoid",
    "tanh": "tanh",
    "softplus": "softplus",
    "softsign": "softsign",
    "hard_sigmoid": "hard_sigmoid",
    "relu6": "relu6",
    "selu": "selu",
    "mish": "mish",
    "hard_silu": "hard_swish",
    "hard_swish": "hard_swish",
}


def _known_functions() -> dict[Any, Callable[..., Found]]:
    known: dict[Any, Callable[..., Found]] = {}
    for module in (keras.activations, keras.ops, tf.nn, tf.math):
        for theirs, ours in _PLAIN_NAMES.items():
            if hasattr(module, theirs):
                known[getattr(module, theirs)] = _plain(ours)
    known |= {module.relu: _relu for module in (keras.activations, keras.ops, tf.nn)}
    known |= {module.leaky_relu: _leaky for module in (keras.activations, keras.ops)}
    known |= {module.elu: _alpha("elu") for module in (keras.activations, keras.ops)}
    known |= {module.celu: _alpha("celu") for module in (keras.activations, keras.ops, own)}
    return known | {
        tf.nn.elu: _plain("elu"),
        tf.nn.silu: _swish,
        keras.activations.silu: _plain("silu"),
        keras.ops.silu: _plain("silu"),
        own_swish: _swish,
        tf.nn.leaky_relu: lambda alpha=0.2: _leaky(alpha),
        keras.activations.gelu: _gelu(False),
        keras.ops.gelu: _gelu(True),
        tf.nn.gelu: _gelu(False),
    }


_FUNCTIONS = _known_functions()

_OPERATIONS: dict[str, Callable[..., Found]] = {
    "Relu": _relu,
    "ReLU": _relu,
    "Relu6": _plain("relu6"),
    "LeakyRelu": _leaky,
    "Elu": _alpha("elu"),
    "Celu": _alpha("celu"),
    "Gelu": _gelu(True),
    "Selu": _plain("selu"),
    "Sigmoid": _plain("sigmoid"),
    "Tanh": _plain("tanh"),
    "Softplus": _plain("softplus"),
    "Softsign": _plain("softsign"),
    "HardSigmoid": _plain("hard_sigmoid"),
    "HardSilu": _plain("hard_swish"),
    "Silu": _plain("silu"),
    "Mish": _plain("mish"),
}
"""Nodes that `keras.ops` calls leave in `model.operations`, by the name of their class."""


def identify(thing: Any) -> tuple[Activation, dict[str, float]] | None:
    """The table's entry and arguments for a Keras layer, operation or function; None when it is not known.

    Known are the activation layers, layers with an `activation` that comes last, operations of `keras.ops`,
    functions of `keras.activations`, `keras.ops` and `tf.nn`, `functools.partial` of them, and what was
    registered. PReLU's learned slopes are not among the arguments: give the layer to `slope`.

    Example:
        >>> import keras
        >>> entry, arguments = identify(keras.layers.ReLU(negative_slope=0.1))
        >>> entry.name, arguments
        ('leaky_relu', {'negative_slope': 0.1})
    """
    found = _find(thing)
    if found is None:
        return None
    entry = find(found[0])
    return entry, {**{key: argument.default for key, argument in entry.arguments.items()}, **found[1]}


def _find(thing: Any) -> Found:
    if isinstance(thing, keras.layers.Layer):
        return _layer(thing)
    if isinstance(thing, keras.Operation):
        return _operation(thing)
    settings: dict[str, Any] = {}
    while isinstance(thing, partial) and not thing.args:
        settings = {**thing.keywords, **settings}
        thing = thing.func
    rule = _FUNCTIONS.get(thing) if callable(thing) else None
    if rule is None:
        names = [name for name, function in FUNCTIONS.items() if function is thing]
        return (names[0], settings) if names else None
    try:
        return rule(**settings)
    except TypeError:  # a setting that changes the function in a way the table does not know
        return None


def _layer(layer: Any) -> Found:
    if isinstance(layer, keras.layers.ReLU):
        return _relu(layer.negative_slope, layer.max_value, layer.threshold)
    if isinstance(layer, keras.layers.LeakyReLU):
        return _leaky(layer.negative_slope)
    if isinstance(layer, (keras.layers.PReLU, ParametricSwish)):
        return "prelu" if isinstance(layer, keras.layers.PReLU) else "parametric_swish", {}
    if isinstance(layer, RReLU):
        return "rrelu", {"lower": float(layer.lower), "upper": float(layer.upper)}
    if isinstance(layer, (Swish, SmeLU)):
        return "silu" if isinstance(layer, Swish) else "smelu", {"beta": float(layer.beta)}
    if isinstance(layer, (keras.layers.ELU, own.CELU)):
        return "elu" if isinstance(layer, keras.layers.ELU) else "celu", {"alpha": float(layer.alpha)}
    return _find(layer.activation) if isinstance(layer, WITH_ACTIVATION) else None


def _operation(operation: Any) -> Found:
    kind = type(operation)
    if not kind.__module__.startswith("keras.") or kind.__name__ not in _OPERATIONS:
        return None
    names = ("negative_slope", "max_value", "threshold", "alpha", "approximate")
    return _OPERATIONS[kind.__name__](**{k: getattr(operation, k) for k in names if hasattr(operation, k)})
