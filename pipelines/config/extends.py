"""`extends: base.yaml`: a config laid over another one."""

import os
from pathlib import Path

from piste.models.suggest import nearest
from piste.pipelines.config.merge import merge
from piste.pipelines.config.nodes import Mapping, Mark, Node, Scalar
from piste.pipelines.config.problems import ConfigProblems, Problem
from piste.pipelines.config.reader import compose
from piste.pipelines.config.report import escape
from piste.pipelines.config.shipped import shipped
from piste.pipelines.config.source import Source, read_source

CHAIN_LIMIT = 10


def read_chain(path: Path) -> tuple[Mapping, list[Source]]:
    """Reads a file and the bases it extends.

    Returns:
        The merged tree without `extends`, and the texts, the last base first and the file itself last.

    Raises:
        ConfigProblems: a file cannot be read, is no map, or the bases go in a circle.
    """
    layers: list[Mapping] = []
    sources: list[Source] = []
    chain: list[Path] = []
    following: Path | None = path
    while following is not None:
        source = read_source(following)
        chain.append(following)
        tree = read_map(source)
        sources.append(source)
        following = _base(tree, chain)
        layers.append(Mapping({k: e for k, e in tree.entries.items() if k != "extends"}, tree.mark))
    merged: Node = layers.pop()
    while layers:
        merged = merge(merged, layers.pop())
    assert isinstance(merged, Mapping)
    return merged, sources[::-1]


def read_map(source: Source) -> Mapping:
    """Returns the map that a config's text must be."""
    tree = compose(source)
    if isinstance(tree, Mapping):
        return tree
    if tree is None or (isinstance(tree, Scalar) and tree.is_null):
        message = "The config is empty. It needs at least `data: {source: embedded}` and `model: {type: mlp}`."
        raise ConfigProblems([Problem(source.origin(1, 1), "", message)])
    kind = "a text" if isinstance(tree, Scalar) else "a list"
    message = f"The config must be a map of sections such as `data` and `model`. Received: {kind}."
    raise ConfigProblems([Problem(tree.mark.origin, "", message)])


def _base(tree: Mapping, chain: list[Path]) -> Path | None:
    value = tree.get("extends")
    if value is None:
        return None
    if not isinstance(value, Scalar) or value.is_null:
        raise _problem(value.mark, "must be the path of one file, relative to this one, or a shipped config's name")
    if "://" in value.text:
        raise _problem(value.mark, f"must be a file, not an address. Received: {escape(value.text)}")
    base = _find(value, chain[-1])
    if any(os.path.samefile(base, earlier) for earlier in chain):
        shown = " -> ".join(escape(path.name) for path in [*chain, base])
        raise _problem(value.mark, f"goes in a circle: {shown}")
    if len(chain) == CHAIN_LIMIT:
        raise _problem(value.mark, f"may be followed at most {CHAIN_LIMIT} times")
    return base


def _find(value: Scalar, extending: Path) -> Path:
    """Returns the file beside the extending one, or else the shipped config, that the text names."""
    base, known = extending.parent / value.text, shipped()
    if base.is_file():
        return base
    if value.text in known:
        return known[value.text]
    siblings = [str(p.relative_to(extending.parent)) for p in sorted(base.parent.glob("*.y*ml"))[:1000]]
    near = nearest(value.text, [name for name in (*siblings, *known) if name != extending.name])
    hint = f". Did you mean `{near}`?" if near else ""
    missing = f"{escape(str(base), 200)} does not exist, and no config of that name is shipped{hint}"
    raise _problem(value.mark, f"names no file: {missing}", near)


def _problem(mark: Mark, says: str, suggestion: str | None = None) -> ConfigProblems:
    end = "" if says.endswith("?") else "."
    return ConfigProblems([Problem(mark.origin, "extends", f"`extends` {says}{end}", suggestion=suggestion)])
