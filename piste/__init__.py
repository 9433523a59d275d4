"""Piste: Keras models from YAML, trained in one compiled loop and watched from inside the train step.

>>> import piste
>>> config = piste.load_config("quickstart", ["model.activation=selu"])
>>> config.training.epochs
5
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from piste.models.activations.register import register_activation
    from piste.models.layers import register_layer
    from piste.models.load_model import load_model
    from piste.models.mc_dropout import mc_dropout
    from piste.models.zoo import register_model
    from piste.pipelines.build import build
    from piste.pipelines.config.config import Config
    from piste.pipelines.config.load import load_config
    from piste.pipelines.data.register import register_source
    from piste.pipelines.find_rate import find_rate
    from piste.pipelines.rates.result import RateTest
    from piste.pipelines.run import Run
    from piste.pipelines.train import train

__version__ = "0.1.0"
__all__ = [
    "Config",
    "RateTest",
    "Run",
    "build",
    "find_rate",
    "load_config",
    "load_model",
    "mc_dropout",
    "register_activation",
    "register_layer",
    "register_model",
    "register_source",
    "train",
]

_HOMES = {
    "Config": "piste.pipelines.config.config",
    "RateTest": "piste.pipelines.rates.result",
    "Run": "piste.pipelines.run",
    "build": "piste.pipelines.build",
    "find_rate": "piste.pipelines.find_rate",
    "load_config": "piste.pipelines.config.load",
    "load_model": "piste.models.load_model",
    "mc_dropout": "piste.models.mc_dropout",
    "register_activation": "piste.models.activations.register",
    "register_layer": "piste.models.layers",
    "register_model": "piste.models.zoo",
    "register_source": "piste.pipelines.data.register",
    "train": "piste.pipelines.train",
}


def __getattr__(name: str) -> Any:
    """Imports a room only when something of it is asked for."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
