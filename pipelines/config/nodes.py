"""The tree that YAML text becomes: scalars stay text until the schema says what they are."""

from collections.abc import Mapping as AbstractMapping
from dataclasses import dataclass
from typing import Any

from piste.pipelines.config.problems import Origin
from piste.pipelines.config.source import Source

NULLS = ("", "~", "null", "Null", "NULL")


@dataclass(frozen=True, slots=True)
class Mark:
    """Where a node begins: line and column of its source, counted from 1."""

    source: Source
    line: int
    column: int

    @property
    def origin(self) -> Origin:
        """The place with the text of its line."""
        return self.source.origin(self.line, self.column)


@dataclass(frozen=True, slots=True)
class Scalar:
    """A text with its style; `plain` is False when it was quoted or a block."""

    text: str
    plain: bool
    mark: Mark

    @property
    def is_null(self) -> bool:
        """Whether it is YAML's null: nothing, `~` or `null`."""
        return self.plain and self.text in NULLS


@dataclass(frozen=True, slots=True)
class Sequence:
    """A list."""

    items: tuple["Node", ...]
    mark: Mark


@dataclass(frozen=True, slots=True)
class Entry:
    """One key of a map with its value."""

    key: Scalar
    value: "Node"


@dataclass(frozen=True, slots=True)
class Mapping:
    """A map; keys are unique texts in the order of the file."""

    entries: AbstractMapping[str, Entry]
    mark: Mark

    def get(self, key: str) -> "Node | None":
        """Returns the value of `key`, or None."""
        entry = self.entries.get(key)
        return None if entry is None else entry.value


Node = Scalar | Sequence | Mapping


def plain_data(node: Node) -> Any:
    """Returns the node as dicts and lists whose leaves are still scalars: what the schema validates."""
    if isinstance(node, Mapping):
        return {key: plain_data(entry.value) for key, entry in node.entries.items()}
    if isinstance(node, Sequence):
        return [plain_data(item) for item in node.items]
    return node
