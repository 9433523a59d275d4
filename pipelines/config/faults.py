"""What validators raise: complaints relative to the value they were given, several at once."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any, Literal, TypeVar

from piste.pipelines.config.nodes import Scalar
from piste.pipelines.config.report import escape

Path = tuple[str | int, ...]
Value = TypeVar("Value")


@dataclass(frozen=True)
class Fault:
    """One complaint.

    Args:
        says: the sentence after the key, as in "must be at least 1".
        path: from the value that was validated to the one at fault.
        expected: what would have been right.
        received: what came.
        suggestion: the nearest valid name.
        at: whether the key or the value is to be pointed at.
    """

    says: str
    path: Path = ()
    expected: str | None = None
    received: str | None = None
    suggestion: str | None = None
    at: Literal["key", "value"] = "value"

    def under(self, *path: str | int) -> "Fault":
        """Returns the fault as seen from further up the tree."""
        return replace(self, path=(*path, *self.path))

    def sentence(self, key: str) -> str:
        """Returns the whole message for the key it is about."""
        subject = f"`{key}`" if key else "The config"
        received = "" if self.received is None else f" Received: {self.received}."
        hint = "" if self.suggestion is None else f" Did you mean `{self.suggestion}`?"
        return f"{subject} {self.says}.{received}{hint}"


class Faults(ValueError):
    """Carries faults through pydantic, which takes any ValueError for a failed validation."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(fault.sentence(dotted(fault.path)) for fault in self.faults))


def read_each(items: Iterable[tuple[str | int, Any]], read: Callable[[Any], Value]) -> list[Value]:
    """Reads the items of a list or map, so that all that is wrong in them is told at once.

    Args:
        items: place -> what stands there.
        read: makes of it what is meant, or raises `Faults`.

    Raises:
        Faults: those of all items, each under its place.
    """
    found, faults = list[Value](), list[Fault]()
    for place, item in items:
        try:
            found.append(read(item))
        except Faults as error:
            faults += [fault.under(place) for fault in error.faults]
    if faults:
        raise Faults(faults)
    return found


def dotted(path: Path) -> str:
    """Returns a path as it is written after `--set`.

    Example:
        >>> dotted(("model", "hidden", 0))
        'model.hidden[0]'
    """
    text = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    return escape(text.removeprefix("."), 200)


def describe(value: Any) -> str:
    """Returns a value as messages show it: a scalar as it is written, the rest by its kind.

    Example:
        >>> describe([1, 2]), describe(True), describe("relu")
        ('a list', 'true', 'relu')
    """
    if isinstance(value, Scalar):
        if value.is_null:
            return "null"
        return escape(value.text) if value.plain else f'"{escape(value.text)}"'
    if isinstance(value, dict):
        return "a map"
    if isinstance(value, list | tuple):
        return "a list"
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    return escape(str(value))
