"""Activations as one table: plain facts in `table`; functions, layers and slopes are resolved on use."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from piste.models.activations.functions import function
    from piste.models.activations.realise import layer
    from piste.models.activations.recognise import identify
    from piste.models.activations.register import register_activation
    from piste.models.activations.slopes import slope

__all__ = ["function", "identify", "layer", "register_activation", "slope"]

_HOMES = {
    "function": "functions",
    "identify": "recognise",
    "layer": "realise",
    "register_activation": "register",
    "slope": "slopes",
}


def __getattr__(name: str) -> Any:
    """Imports Keras only when something that needs it is asked for."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
