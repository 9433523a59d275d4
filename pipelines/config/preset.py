"""`preset: NAME`: what a config does not say is as the preset has it, before any default."""

from importlib.resources import files
from pathlib import Path

from piste.models.suggest import nearest
from piste.pipelines.config.merge import merge
from piste.pipelines.config.nodes import Mapping, Scalar
from piste.pipelines.config.problems import ConfigProblems, Problem
from piste.pipelines.config.reader import compose
from piste.pipelines.config.report import escape
from piste.pipelines.config.source import Source, read_source


def presets() -> dict[str, Path]:
    """Returns the files of the presets by name."""
    root = Path(str(files("piste").joinpath("pipelines", "config", "presets")))
    return dict(sorted((path.stem, path) for path in root.glob("*.yaml")))


def lay_under(tree: Mapping) -> tuple[Mapping, list[Source]]:
    """Returns the tree over the preset that it names, without that key, and the preset's text.

    Raises:
        ConfigProblems: there is no such preset.
    """
    entry = tree.entries.get("preset")
    if entry is None:
        return tree, []
    value, known = entry.value, presets()
    rest = without_preset(tree)
    if isinstance(value, Scalar) and value.is_null:
        return rest, []
    if not isinstance(value, Scalar) or value.text not in known:
        name = escape(value.text) if isinstance(value, Scalar) else "no name"
        near = nearest(name, known)
        hint = f" Did you mean `{near}`?" if near else ""
        message = f"`preset` must be one of {', '.join(known)}. Received: {name}.{hint}"
        raise ConfigProblems([Problem(value.mark.origin, "preset", message, received=name, suggestion=near)])
    source = read_source(known[value.text])
    base = compose(source)
    merged = merge(base, rest)
    assert isinstance(merged, Mapping)
    return merged, [source]


def without_preset(tree: Mapping) -> Mapping:
    """Returns the tree without the key `preset`."""
    return Mapping({key: item for key, item in tree.entries.items() if key != "preset"}, tree.mark)
