"""The zoo's register: model types by name, importable without Keras."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from piste.models.suggest import nearest

Builder = Callable[..., Any]


@dataclass(frozen=True)
class Architecture:
    """One model type: `load` imports and returns its builder, a function from tensor to tensor."""

    name: str
    summary: str
    load: Callable[[], Builder]


def _mlp() -> Builder:
    from piste.models.mlp import mlp

    return mlp


def _cnn() -> Builder:
    from piste.models.cnn import cnn

    return cnn


_BY_NAME = {
    "mlp": Architecture("mlp", "Dense layers, each with its activation, and a head", _mlp),
    "cnn": Architecture("cnn", "Convolutions with 2 x 2 pooling, dense layers and a head", _cnn),
}

MODELS: Mapping[str, Architecture] = MappingProxyType(_BY_NAME)
"""Every model type by name, those registered at run time included."""


def find_model(name: str) -> Architecture:
    """The model type of that name.

    Raises:
        ValueError: There is none; the message offers the nearest.
    """
    if name not in MODELS:
        raise ValueError(
            f"A model's `type` must be one of {', '.join(MODELS)}. Received: `{name}`.{nearest(name, MODELS)}"
        )
    return MODELS[name]


def add(architecture: Architecture) -> None:
    """Adds a model type for this process; `piste.register_model` is the public way.

    Raises:
        ValueError: The name is taken.
    """
    if architecture.name in MODELS:
        raise ValueError(f"The model type `{architecture.name}` is taken. Choose another name.")
    _BY_NAME[architecture.name] = architecture
