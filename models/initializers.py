"""Initialisers: `auto` is the activation's matched one, all others are Keras's by name; all are seeded."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from piste.models.activations.table import SOFTMAX, find
from piste.models.keras_object import keras_object

INITIALIZERS: Mapping[str, str] = MappingProxyType(
    {
        "constant": "Constant",
        "glorot_normal": "GlorotNormal",
        "glorot_uniform": "GlorotUniform",
        "he_normal": "HeNormal",
        "he_uniform": "HeUniform",
        "identity": "Identity",
        "lecun_normal": "LecunNormal",
        "lecun_uniform": "LecunUniform",
        "ones": "Ones",
        "orthogonal": "Orthogonal",
        "random_normal": "RandomNormal",
        "random_uniform": "RandomUniform",
        "truncated_normal": "TruncatedNormal",
        "variance_scaling": "VarianceScaling",
        "zeros": "Zeros",
    }
)
"""Names that a config may use and the class in `keras.initializers`."""

_GLOROT = MappingProxyType({"type": "glorot_uniform"})


def matched(activation: str | None) -> Mapping[str, Any]:
    """The matched initialiser of an activation; Glorot's for softmax and for layers without one.

    Example:
        >>> matched("selu")["type"]
        'lecun_normal'
    """
    if activation is None or activation == SOFTMAX:
        return _GLOROT
    return find(activation).initializer


def initializer(spec: str | Mapping[str, Any], *, seed: int, activation: str | None = None) -> Any:
    """A Keras initialiser.

    Args:
        spec: `auto`, a name, or `{"type": name, argument: value}`.
        seed: Used unless the spec has its own `seed`.
        activation: What `auto` is matched to.

    Raises:
        ValueError: The name or an argument is unknown, or Keras refuses a value.
    """
    import keras

    if spec == "auto":
        spec = matched(activation)
    return keras_object("initializer", spec, INITIALIZERS, keras.initializers, {"seed": seed})
