"""What watches: measures, instruments, Keras callbacks, and rules that turn numbers into findings.

>>> from piste.callbacks import HealthMonitor
>>> HealthMonitor(every=100).every
100
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from piste.models.backend import require_tensorflow

if TYPE_CHECKING:
    from piste.callbacks.dead_unit_monitor import DeadUnitMonitor
    from piste.callbacks.findings import Finding
    from piste.callbacks.gradient_monitor import GradientMonitor
    from piste.callbacks.health_monitor import HealthMonitor
    from piste.callbacks.judging import judge

__all__ = ["DeadUnitMonitor", "Finding", "GradientMonitor", "HealthMonitor", "judge"]

_HOMES = {
    "DeadUnitMonitor": "dead_unit_monitor",
    "Finding": "findings",
    "GradientMonitor": "gradient_monitor",
    "HealthMonitor": "health_monitor",
    "judge": "judging",
}


def __getattr__(name: str) -> Any:
    """Imports Keras only when a monitor is asked for."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    require_tensorflow()
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
