"""YAML text to a tree of nodes, on PyYAML's events: no tags, no surprises, bounded in size and depth."""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

from piste.pipelines.config.nodes import NULLS, Entry, Mapping, Mark, Node, Scalar, Sequence
from piste.pipelines.config.problems import ConfigProblems, Problem
from piste.pipelines.config.report import escape
from piste.pipelines.config.source import Source, check_characters

NODE_LIMIT = 10_000
DEPTH_LIMIT = 50
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_NOT_TEXT = {*NULLS, "true", "True", "TRUE", "false", "False", "FALSE"}


@dataclass
class _Open:
    """A list or map that is being read."""

    mark: Mark
    anchor: str | None
    is_map: bool
    items: list[Node] = field(default_factory=list)
    entries: dict[str, Entry] = field(default_factory=dict)
    key: Scalar | None = None
    size: int = 1
    height: int = 0


def compose(source: Source, offset: int = 0) -> Node | None:
    """Returns the tree of a YAML text, None when there is nothing in it.

    Args:
        source: the text.
        offset: characters at the start that are no YAML (the `key=` of an override).

    Raises:
        ConfigProblems: a syntax error, or anything that a config may not contain: tags, duplicate or
            non-string keys, merge keys, several documents, cycles, more than 10,000 nodes or 50 levels.
    """
    check_characters(source)
    composer = _Composer(source, offset)
    for event in _events(composer):
        composer.take(event)
    if composer.problems:
        raise ConfigProblems(composer.problems)
    return composer.root


def _events(composer: "_Composer") -> Iterator[yaml.Event]:
    try:
        yield from yaml.parse(composer.source.text[composer.offset :], Loader=_LOADER)
    except yaml.MarkedYAMLError as error:
        begun = error.context_mark
        context = f" ({error.context} that begins at line {begun.line + 1})" if error.context and begun else ""
        mark = composer.mark(error.problem_mark or begun)
        raise composer.stop(mark, f"This is no valid YAML: {escape(error.problem or '', 200)}{context}.") from None
    except (yaml.YAMLError, ValueError, OverflowError) as error:
        raise composer.stop(composer.last, f"This is no valid YAML: {escape(str(error), 200)}.") from None


class _Composer:
    """Builds nodes from events without recursion, so that no input can exhaust the stack."""

    def __init__(self, source: Source, offset: int) -> None:
        self.source, self.offset = source, offset
        self._lines = source.text.split("\n")
        self.problems: list[Problem] = []
        self.root: Node | None = None
        self.last = Mark(source, 1, offset + 1)
        self._stack: list[_Open] = []
        self._anchors: dict[str, tuple[Node, int, int]] = {}
        self._total = 0
        self._documents = 0

    def mark(self, place: Any) -> Mark:
        """Returns a PyYAML mark as ours."""
        if place is None:
            return self.last
        lines = self._lines
        if place.line >= len(lines):  # libyaml puts the end of a text without a line feed on a line of its own
            return Mark(self.source, len(lines), len(lines[-1]) + 1)
        return Mark(self.source, place.line + 1, place.column + 1 + (self.offset if place.line == 0 else 0))

    def stop(self, mark: Mark, message: str) -> ConfigProblems:
        """Returns the error that ends reading, with all found so far."""
        return ConfigProblems([*self.problems, Problem(mark.origin, "", message)])

    def take(self, event: yaml.Event) -> None:
        """Takes the next event of the text."""
        self.last = self.mark(event.start_mark)
        if isinstance(event, yaml.DocumentStartEvent):
            self._documents += 1
            if self._documents > 1:
                raise self.stop(self.last, "A config must be one document: a second one begins here.")
        elif isinstance(event, yaml.AliasEvent):
            self._alias(event)
        elif isinstance(event, yaml.ScalarEvent):
            self._tag(event)
            self._anchor(event.anchor)
            self._scalar(event)
        elif isinstance(event, yaml.CollectionStartEvent):
            self._tag(event)
            self._anchor(event.anchor)
            self._begin(event)
        elif isinstance(event, yaml.CollectionEndEvent):
            self._end()

    def _complain(self, mark: Mark, message: str) -> None:
        self.problems.append(Problem(mark.origin, "", message))

    def _tag(self, event: yaml.ScalarEvent | yaml.CollectionStartEvent) -> None:
        if event.tag is not None:
            self._complain(self.last, "Tags (`!name`) are not allowed in a config: remove it, the schema gives types.")

    def _anchor(self, name: str | None) -> None:
        if name is not None and (name in self._anchors or any(opened.anchor == name for opened in self._stack)):
            self._complain(self.last, f"The anchor `&{escape(name)}` is already in use: choose another name.")

    def _begin(self, event: yaml.CollectionStartEvent) -> None:
        self._count(1)
        self._stack.append(_Open(self.last, event.anchor, isinstance(event, yaml.MappingStartEvent)))
        if len(self._stack) > DEPTH_LIMIT:
            raise self.stop(self.last, f"A config may be at most {DEPTH_LIMIT} levels deep: it is deeper here.")

    def _end(self) -> None:
        done = self._stack.pop()
        node: Node = Mapping(done.entries, done.mark) if done.is_map else Sequence(tuple(done.items), done.mark)
        self._remember(done.anchor, node, done.size, done.height + 1)
        self._place(node, done.size, done.height + 1)

    def _scalar(self, event: yaml.ScalarEvent) -> None:
        self._count(1)
        # Plain texts are the schema's to type; everything else is a text for certain.
        node = Scalar(event.value, event.style in (None, ""), self.last)
        if any(c != "\n" and unicodedata.category(c) in ("Cc", "Cs") for c in event.value):
            self._complain(self.last, "Control characters are not allowed in a config, not even escaped.")
        self._remember(event.anchor, node, 1, 0)
        self._place(node, 1, 0)

    def _alias(self, event: yaml.AliasEvent) -> None:
        anchor = str(event.anchor)
        name = escape(anchor)
        if any(opened.anchor == anchor for opened in self._stack):
            raise self.stop(
                self.last, f"The alias `*{name}` stands inside what it names: a config cannot contain itself."
            )
        if anchor not in self._anchors:
            raise self.stop(self.last, f"The alias `*{name}` names nothing: there is no `&{name}` before it.")
        node, size, height = self._anchors[anchor]
        self._count(size, f" at the alias `*{name}`")
        if len(self._stack) + height > DEPTH_LIMIT:
            raise self.stop(
                self.last,
                f"A config may be at most {DEPTH_LIMIT} levels deep: the alias `*{name}` makes it deeper.",
            )
        self._place(node, size, height)

    def _count(self, size: int, where: str = "") -> None:
        self._total += size
        if self._total > NODE_LIMIT:
            raise self.stop(self.last, f"A config may have at most {NODE_LIMIT:,} nodes: it expands to more{where}.")

    def _remember(self, anchor: str | None, node: Node, size: int, height: int) -> None:
        if anchor is not None:
            self._anchors[anchor] = (node, size, height)

    def _place(self, node: Node, size: int, height: int) -> None:
        """Puts a finished node where it belongs: the root, a list, or a map as key or value."""
        if not self._stack:
            self.root = node
            return
        parent = self._stack[-1]
        parent.size += size
        parent.height = max(parent.height, height)
        if not parent.is_map:
            parent.items.append(node)
        elif parent.key is None:
            parent.key = self._key(node)
        else:
            self._enter(parent, parent.key, node)
            parent.key = None

    def _key(self, node: Node) -> Scalar:
        if isinstance(node, Scalar):
            if node.plain and (node.text in _NOT_TEXT or node.text[0] in "0123456789+-."):
                text = escape(node.text)
                quoted = f" Quote it if it is one: '{text}'." if text else ""
                self._complain(self.last, f"A key must be a name. Received: {text or 'nothing'}.{quoted}")
            return node
        self._complain(node.mark, "A key must be a name, not a list or a map.")
        return Scalar("", True, node.mark)

    def _enter(self, parent: _Open, key: Scalar, node: Node) -> None:
        if key.plain and key.text == "<<":
            self._complain(key.mark, "Merge keys (`<<`) are not allowed in a config: use `extends: base.yaml`.")
            return
        name = unicodedata.normalize("NFC", key.text)
        earlier = parent.entries.get(name)
        if earlier is not None:
            line = earlier.key.mark.line
            self._complain(key.mark, f"The key `{escape(name)}` is given twice: first at line {line}. Remove one.")
            return
        parent.entries[name] = Entry(key, node)
