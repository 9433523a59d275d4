"""The zoo's register: model types by name, importable without Keras."""

import re
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


def _towers() -> Builder:
    from piste.models.towers import towers

    return towers


def _application() -> Builder:
    from piste.models.application import application

    return application


_BY_NAME = {
    "mlp": Architecture("mlp", "Dense layers, each with its activation, and a head", _mlp),
    "cnn": Architecture("cnn", "Convolutions with 2 x 2 pooling, dense layers and a head", _cnn),
    "towers": Architecture("towers", "Dense layers for each of two inputs, joined by more of them", _towers),
    "application": Architecture(
        "application", "An architecture of keras.applications, pooled, and a head", _application
    ),
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


def register_model(name: str, builder: Builder, *, summary: str = "") -> None:
    """Lets configs of this process say `model: {type: NAME, ...}`.

    Args:
        name: The config's `type`: lower case letters, digits and underscores.
        builder: `builder(x, *, outputs, task, seed, ...)` returns the output tensor (batch, outputs) for the
            scaled input tensor `x`: probabilities for task "classification", linear values for "regression".
            Further keyword arguments are what a config may set.
        summary: One line for `piste list models`.

    Raises:
        ValueError: The name is taken or not in snake case.
        TypeError: `builder` cannot be called.
    """
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        raise ValueError(f"A model's `type` must be in snake case. Received: `{name}`.")
    if name in MODELS:
        raise ValueError(f"The model type `{name}` is taken. Choose another name.")
    if not callable(builder):
        raise TypeError(f"`builder` must be a function. Received: {builder!r}.")
    _BY_NAME[name] = Architecture(name, summary, lambda: builder)
