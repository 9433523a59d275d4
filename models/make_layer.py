"""One Keras layer from a config's `type` and arguments, every random part of it seeded by its path."""

import inspect
from collections.abc import Mapping
from typing import Any

import keras

from piste.models.activations.functions import FUNCTIONS
from piste.models.activations.slopes import LEARNED
from piste.models.activations.spec import read
from piste.models.initializers import initializer as make_initializer
from piste.models.keras_object import keras_object
from piste.models.layers import RECURRENT, layer_class
from piste.models.nodes import Spec
from piste.models.seeds import layer_seed
from piste.models.suggest import did_you_mean

KERNELS = ("kernel_initializer", "depthwise_initializer", "pointwise_initializer", "embeddings_initializer")
"""What `initializer` stands for; biases and recurrent kernels keep Keras's own unless named."""

_REGULARIZERS = {"l1": "L1", "l2": "L2", "l1_l2": "L1L2", "orthogonal_regularizer": "OrthogonalRegularizer"}
_CONSTRAINTS = {
    "max_norm": "MaxNorm",
    "min_max_norm": "MinMaxNorm",
    "non_neg": "NonNeg",
    "unit_norm": "UnitNorm",
}


def make_layer(
    type_name: str,
    *,
    name: str,
    arguments: Mapping[str, Any],
    seed: int,
    initializer: Spec | None = None,
    dtype: str | None = None,
) -> Any:
    """Builds the layer.

    Args:
        type_name: A type of the closed table or one registered.
        name: The layer's name and the path its seeds are hashed from.
        arguments: Keras's arguments: numbers, words, lists of them; maps only where an initialiser,
            regulariser or constraint is wanted. Nothing in them is ever imported or deserialised.
        seed: The run's seed.
        initializer: For the kernels, unless the arguments name one.
        dtype: Precision policy of the layer; None takes Keras's global one.

    Raises:
        ValueError: The type, an argument or a value is unknown, missing or refused.
    """
    cls = layer_class(type_name)
    parameters = inspect.signature(cls).parameters
    known = [key for key in parameters if key not in ("kwargs", "name")]
    for key in arguments:
        if key not in known:
            raise ValueError(f"`{type_name}` has no argument `{key}`.{did_you_mean(key, known)}")
    missing = [key for key in known if parameters[key].default is inspect.Parameter.empty and key not in arguments]
    if missing:
        raise ValueError(f"`{type_name}` must have {' and '.join(f'`{key}`' for key in missing)}.")
    if initializer is not None and not any(key in known for key in KERNELS):
        raise ValueError(f"`{type_name}` has no kernel and so takes no `initializer`.")
    settled = {key: _value(type_name, key, value) for key, value in arguments.items() if value is not None}
    settled.update(_seeded(cls, known, name, arguments, seed, initializer))
    if "seed" in known:
        settled.setdefault("seed", layer_seed(seed, name, "noise"))
    if dtype is not None:
        settled["dtype"] = dtype
    return cls(**settled, name=name)


def _seeded(
    cls: type, known: list[str], name: str, arguments: Mapping[str, Any], seed: int, kernel: Spec | None
) -> dict[str, Any]:
    """Every argument that ends in _initializer, as a seeded initialiser."""
    parameters = inspect.signature(cls).parameters
    found = {}
    for key in known:
        if not key.endswith("_initializer"):
            continue
        spec = arguments.get(key)
        if spec is None:
            spec = kernel if kernel is not None and key in KERNELS else parameters[key].default
        if spec == "uniform":  # Embedding's default, an alias that only Keras knows
            spec = "random_uniform"
        if isinstance(spec, (str, Mapping)):
            role = key.removesuffix("_initializer")
            found[key] = make_initializer(spec, seed=layer_seed(seed, name, role))
    return found


def _value(type_name: str, key: str, value: Any) -> Any:
    if key.endswith("_initializer"):
        return value  # replaced by _seeded
    if key.endswith("_regularizer"):
        return keras_object(key, value, _REGULARIZERS, keras.regularizers)
    if key.endswith("_constraint"):
        axis = norm_axis(type_name, key.removesuffix("_constraint"))
        return keras_object(key, value, _CONSTRAINTS, keras.constraints, {"axis": axis})
    if key in ("activation", "recurrent_activation") and type_name in RECURRENT:
        return _inner_activation(type_name, key, value)
    parts = value if isinstance(value, (list, tuple)) else [value]
    if any(isinstance(part, Mapping) for part in parts):
        raise ValueError(f"`{key}` must be a number, a word or a list of them. Received: a map.")
    return tuple(value) if isinstance(value, list) else value


def norm_axis(type_name: str, weight: str) -> int | list[int]:
    """The axes of a kernel over which each unit's incoming weights lie, for constraints on their norm.

    Example:
        >>> norm_axis("dense", "kernel"), norm_axis("conv2d", "kernel"), norm_axis("conv2d_transpose", "kernel")
        (0, [0, 1, 2], [0, 1, 3])
    """
    if "conv" not in type_name or weight == "bias":
        return 0
    space = list(range(int(type_name.split("conv")[1][0])))
    if weight == "depthwise":
        return space
    return [*space, len(space) + (1 if type_name.endswith("transpose") else 0)]


def _inner_activation(type_name: str, key: str, value: Any) -> Any:
    if not isinstance(value, str) or value in (*LEARNED, "rrelu"):
        raise ValueError(f"`{key}` of `{type_name}` must be a name without arguments. Received: {value!r}.")
    return FUNCTIONS[read(value)[0].name]
