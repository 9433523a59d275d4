"""What is trained: activations, initialisers and the zoo's architectures."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from piste.models.swapping.swap_activations import swap_activations

__all__ = ["swap_activations"]

_HOMES = {"swap_activations": "piste.models.swapping.swap_activations"}


def __getattr__(name: str) -> Any:
    """Imports Keras only when something that needs it is asked for."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
