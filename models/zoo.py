"""The zoo's register: model types by name, importable without Keras."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from types import MappingProxyType
from typing import Any

from piste.models.suggest import did_you_mean

Builder = Callable[..., Any]


@dataclass(frozen=True)
class Architecture:
    """One model type: `load` imports and returns its builder, a function from tensor to tensor."""

    name: str
    summary: str
    load: Callable[[], Builder]


def _own(name: str, summary: str) -> Architecture:
    """An architecture of the folder `architectures`, where file and function have its name."""

    def load() -> Builder:
        builder: Builder = getattr(import_module(f"piste.models.architectures.{name}"), name)
        return builder

    return Architecture(name, summary, load)


_APPLICATION = _own("application", "An architecture of keras.applications, pooled, and a head")
SHIPPED = (
    _own("mlp", "Dense layers, each with its activation, and a head"),
    _own("residual_mlp", "Residual blocks of dense layers, for tables (Gorishniy et al. 2021)"),
    _own("wide_and_deep", "Inputs to output both directly and through dense layers (Cheng et al. 2016)"),
    _own("towers", "Dense layers for each of two inputs, joined by more of them"),
    _own("cnn", "Convolutions with 2 x 2 pooling, dense layers and a head"),
    _own("lenet5", "Two 5 x 5 convolutions and three dense layers (LeCun et al. 1998)"),
    _own("vgg", "Groups of 3 x 3 convolutions with 2 x 2 pooling (Simonyan & Zisserman 2015)"),
    _own("resnet", "Residual blocks, basic or bottleneck (He et al. 2016)"),
    _own("wide_resnet", "Fewer and wider residual blocks, normalised first (Zagoruyko & Komodakis 2016)"),
    _own("mobilenet_v2", "Inverted residual blocks around depthwise convolutions (Sandler et al. 2018)"),
    _own("autoencoder", "Inputs through a narrow code to themselves (Hinton & Salakhutdinov 2006)"),
)
_BY_NAME = {architecture.name: architecture for architecture in (*SHIPPED, _APPLICATION)}

MODELS: Mapping[str, Architecture] = MappingProxyType(_BY_NAME)
"""Every model type by name, those registered at run time included."""


def find_model(name: str) -> Architecture:
    """The model type of that name; installed packages are asked where Piste and this process have none.

    Raises:
        ValueError: There is none; the message offers the nearest.
    """
    if name not in MODELS:
        from piste.models.plugins import discover

        discover()
    if name not in MODELS:
        raise ValueError(
            f"A model's `type` must be one of {', '.join(MODELS)}. Received: `{name}`.{did_you_mean(name, MODELS)}"
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
    if not callable(builder):
        raise TypeError(f"`builder` must be a function. Received: {builder!r}.")
    add_model(Architecture(name, summary, lambda: builder))


def add_model(architecture: Architecture) -> None:
    """Puts an architecture that is not imported yet into the register.

    Raises:
        ValueError: The name is taken or not in snake case.
    """
    name = architecture.name
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        raise ValueError(f"A model's `type` must be in snake case. Received: `{name}`.")
    if name in MODELS:
        raise ValueError(f"The model type `{name}` is taken. Choose another name.")
    _BY_NAME[name] = architecture
