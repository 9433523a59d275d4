"""Model types that installed packages bring: entry points of the group `piste.models`.

A package names its builder, the function that `piste.register_model` would be given, in its pyproject.toml:

    [project.entry-points."piste.models"]
    my_net = "my_package.nets:my_net"

Nothing of it is imported before a config asks for that very model.
"""

from collections.abc import Callable
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from piste.models.zoo import Architecture, Builder, add_model

GROUP = "piste.models"


class PluginError(ValueError):
    """A model of an installed package cannot be loaded; the message is one line."""


@cache
def discover() -> tuple[str, ...]:
    """Registers the models of all installed packages, once in a process.

    Returns:
        A line for each that cannot be registered.
    """
    refused = []
    for point in sorted(entry_points(group=GROUP), key=lambda point: point.name):
        try:
            add_model(Architecture(point.name, _summary(point), _loader(point)))
        except ValueError as error:
            refused.append(f"{_package(point)}: {error}")
    return tuple(refused)


def _loader(point: EntryPoint) -> Callable[[], Builder]:
    def load() -> Any:
        try:
            builder = point.load()
        except (Exception, SystemExit) as error:  # it is somebody else's code, which may raise anything
            line = next(iter(str(error).strip().splitlines()), "")[:200]
            reason = f"{type(error).__name__}{': ' if line else ''}{line}"
            raise PluginError(f"{point.value} of {_package(point)} does not load: {reason}") from error
        if not callable(builder):
            raise PluginError(f"{point.value} of {_package(point)} must be a function, and is {builder!r:.100}")
        return builder

    return load


def _package(point: EntryPoint) -> str:
    return f"{point.dist.name} {point.dist.version}" if point.dist else "a package without a name"


def _summary(point: EntryPoint) -> str:
    summary = point.dist.metadata["Summary"] if point.dist else None
    return f"{summary or 'A model of its own'} ({_package(point)})"
