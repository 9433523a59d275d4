"""What the catalog holds: a type and its arguments, as plain data."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from piste.models.activations.facts import Check


@dataclass(frozen=True)
class Argument:
    """One argument: what it takes and within which range.

    Args:
        kind: int, float, bool, str, ints or floats (one or a list), any, or the kind of a nested component.
        list: whether `ints` and `floats` must be a list even when there is one.
        nested: whether the list may hold pairs.
    """

    kind: str
    required: bool = False
    default: Any = None
    nullable: bool = False
    choices: tuple[str, ...] | None = None
    minimum: float | None = None
    maximum: float | None = None
    exclusive_minimum: float | None = None
    exclusive_maximum: float | None = None
    list: bool = False
    nested: bool = False


@dataclass(frozen=True)
class Entry:
    """One type: its Keras class and its arguments.

    Args:
        class_name: in Keras; None for what Piste brings itself.
        activation: whether, as a layer of a config, it takes `activation`.
        initializer: whether, as a layer of a config, it takes `initializer`.
        check: says what is wrong where arguments, defaults filled in, do not go together.
    """

    name: str
    class_name: str | None
    arguments: Mapping[str, Argument]
    activation: bool = False
    initializer: bool = False
    check: Check | None = None

    @property
    def needs_arguments(self) -> bool:
        """Whether the bare name is not enough."""
        return any(argument.required for argument in self.arguments.values())

    def settled(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """Returns the arguments with defaults filled in."""
        return {name: argument.default for name, argument in self.arguments.items()} | dict(given)
