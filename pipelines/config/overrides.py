"""`--set training.epochs=3`: single values laid over what the files say."""

import re
from collections.abc import Mapping as AbstractMapping

from piste.pipelines.config.faults import Path, dotted
from piste.pipelines.config.merge import merge
from piste.pipelines.config.nodes import NULLS, Entry, Mapping, Mark, Node, Scalar, Sequence
from piste.pipelines.config.problems import ConfigProblems, Problem
from piste.pipelines.config.reader import DEPTH_LIMIT, compose
from piste.pipelines.config.source import Source

_STEP = re.compile(r"(?:^|\.)([A-Za-z_][A-Za-z0-9_]*)|\[([0-9]{1,6})\]")
_OFF = {*NULLS, "true", "false"}


def apply(tree: Mapping, source: Source, defaults: AbstractMapping[Path, Node]) -> Mapping:
    """Returns the tree with one override laid over it.

    Args:
        tree: what the files say.
        source: the override's text, `key.path[0]=VALUE`; VALUE is YAML.
        defaults: maps with a `type` that the schema supplies, so that one of their keys can be set.

    Raises:
        ConfigProblems: the path or the value cannot be read, or an index lies outside its list.
    """
    key, equals, _ = source.text.partition("=")
    start = Mark(source, 1, 1)
    if not equals:
        raise _problem(start, "", "An override must be KEY=VALUE, as in training.epochs=3.")
    path = parse_path(key)
    if not path:
        message = "An override's key must be names with dots and indices, as in model.hidden[0]=100."
        raise _problem(start, "", message)
    if len(path) > DEPTH_LIMIT:
        raise _problem(start, "", f"An override's key may be at most {DEPTH_LIMIT} levels deep.")
    value = compose(source, offset=len(key) + 1)
    if value is None:
        value = Scalar("", True, Mark(source, 1, len(key) + 2))
    result = _put(tree, path, value, start, (), defaults)
    assert isinstance(result, Mapping)
    return result


def parse_path(text: str) -> Path:
    """Returns the steps of a dotted path; empty when it is none.

    Example:
        >>> parse_path("model.hidden[0]")
        ('model', 'hidden', 0)
        >>> parse_path("model..hidden")
        ()
    """
    steps: list[str | int] = []
    position = 0
    while position < len(text):
        found = _STEP.match(text, position)
        if not found or (not steps and found[1] is None):
            return ()
        steps.append(found[1] if found[1] is not None else int(found[2]))
        position = found.end()
    return tuple(steps)


def _put(
    node: Node | None, path: Path, value: Node, mark: Mark, done: Path, defaults: AbstractMapping[Path, Node]
) -> Node:
    """Returns `node` with `value` laid over what stands at `path` below it."""
    if not path:
        return merge(node, value)
    step, rest = path[0], path[1:]
    if node is None:
        node = defaults.get(done)
    if isinstance(step, int):
        return _put_item(node, step, rest, value, mark, done, defaults)
    opened = _as_map(node, mark)
    child = _put(opened.get(step), rest, value, mark, (*done, step), defaults)
    key = opened.entries[step].key if step in opened.entries and rest else Scalar(step, True, mark)
    overlay = Mapping({step: Entry(key, child)}, mark)
    if not rest:
        return merge(opened, overlay)  # a `type` that changes replaces the whole map, here as in files
    return Mapping({**opened.entries, **overlay.entries}, opened.mark)


def _put_item(
    node: Node | None,
    index: int,
    rest: Path,
    value: Node,
    mark: Mark,
    done: Path,
    defaults: AbstractMapping[Path, Node],
) -> Node:
    key = dotted(done)
    if not isinstance(node, Sequence):
        raise _problem(mark, key, f"`{key}` is no list in the files: set the whole list, as in {key}=[1, 2].")
    if index >= len(node.items):
        message = f"`{key}` has {len(node.items)} items, counted from 0. Received: index {index}."
        raise _problem(mark, key, message)
    items = list(node.items)
    items[index] = _put(items[index], rest, value, mark, (*done, index), defaults)
    return Sequence(tuple(items), node.mark)


def _as_map(node: Node | None, mark: Mark) -> Mapping:
    if isinstance(node, Mapping):
        return node
    if isinstance(node, Scalar) and not (node.plain and node.text in _OFF):
        # `elu` is short for {type: elu}, so a key below it joins the type.
        return Mapping({"type": Entry(Scalar("type", True, node.mark), node)}, node.mark)
    return Mapping({}, mark)


def _problem(mark: Mark, path: str, message: str) -> ConfigProblems:
    return ConfigProblems([Problem(mark.origin, path, message)])
