"""A tree of nodes to typed settings, or every problem at once with its place."""

import re
from collections.abc import Callable, Iterable
from typing import Any

from pydantic import ValidationError

from piste.models.suggest import nearest
from piste.pipelines.config.checks import check_sections
from piste.pipelines.config.components import missing_choice
from piste.pipelines.config.describe import all_keys, follow, keys_of
from piste.pipelines.config.faults import Fault, Faults, Path, describe, dotted
from piste.pipelines.config.nodes import Mapping, Node, Scalar, Sequence, plain_data
from piste.pipelines.config.problems import ConfigProblems, Origin, Problem
from piste.pipelines.config.schema.data import sources
from piste.pipelines.config.schema.model import models
from piste.pipelines.config.schema.settings import Settings
from piste.pipelines.config.source import Source
from piste.pipelines.config.written import Written

_UNIONS: dict[Path, tuple[str, Callable[[], list[str]]]] = {
    ("data",): ("source", sources),
    ("model",): ("type", models),
}
_BOUNDS = {
    "greater_than_equal": ("at least", "ge"),
    "greater_than": ("above", "gt"),
    "less_than_equal": ("at most", "le"),
    "less_than": ("below", "lt"),
}


def validate(tree: Mapping, sources: list[Source]) -> Settings:
    """Returns the settings that a merged tree stands for.

    Args:
        tree: what was written.
        sources: the texts it was merged from, later ones over earlier ones.

    Raises:
        ConfigProblems: everything that is wrong, each in its place.
    """
    sections: dict[str, Any] = {}
    faults: list[Fault] = []
    settings = None
    try:
        settings = Settings.model_validate(plain_data(tree), context=sections)
    except ValidationError as error:
        for item in error.errors(include_url=False):
            faults += _faults(item, tree)
    wrong = {fault.path[0] for fault in faults if fault.path}
    for name, field in Settings.model_fields.items():
        if name not in wrong and name not in sections and not field.is_required():
            sections[name] = field.default
    faults += check_sections(sections, Written(tree, sources))
    if faults or settings is None:
        raise ConfigProblems(problem(tree, fault) for fault in faults)
    return settings


def problem(tree: Mapping, fault: Fault) -> Problem:
    """Returns a fault as a problem with its place in the tree."""
    key = dotted(fault.path)
    return Problem(
        origin=locate(tree, fault.path, key=fault.at == "key"),
        path=key,
        message=fault.sentence(key),
        expected=fault.expected,
        received=fault.received,
        suggestion=fault.suggestion,
    )


def locate(tree: Mapping, path: Path, *, key: bool = False) -> Origin:
    """Returns the place of a path, or of the nearest thing above it that is there."""
    node: Node | None = tree
    mark = tree.mark
    for index, step in enumerate(path):
        last = index == len(path) - 1
        if isinstance(node, Mapping) and step in node.entries:
            entry = node.entries[str(step)]
            node = entry.value
            mark = entry.value.mark if last and not key else entry.key.mark
        elif isinstance(node, Sequence) and isinstance(step, int) and step < len(node.items):
            node = node.items[step]
            mark = node.mark
        else:
            # A short form (`elu`) or an absent key: the value itself where it is a scalar.
            return node.mark.origin if isinstance(node, Scalar) and not node.is_null else mark.origin
    return mark.origin


def find_node(tree: Mapping, path: Path) -> Node | None:
    """Returns what is written at a path; a short form stands for what is in it, None for a default."""
    node: Node | None = tree
    for step in path:
        if isinstance(node, Mapping):
            node = node.get(str(step))
        elif isinstance(node, Sequence):
            node = node.items[step] if isinstance(step, int) and step < len(node.items) else None
        elif isinstance(node, Scalar):
            return node if step in ("type", "rate") else None
    return node


def _faults(item: Any, tree: Mapping) -> Iterable[Fault]:
    """Returns one of pydantic's errors as faults in our words."""
    kind, received, context = item["type"], item["input"], item.get("ctx", {})
    path, sections = follow(item["loc"])
    raised = context.get("error")
    if isinstance(raised, Faults):
        return [fault.under(*path) for fault in raised.faults]
    if kind == "extra_forbidden":
        return [_unknown_key(item["loc"], path)]
    if kind == "missing":
        return [Fault("is missing", path, expected=_expected_below(sections))]
    if kind in ("union_tag_not_found", "union_tag_invalid"):
        return [_no_choice(path, received)]
    written = find_node(tree, path)
    received = written if isinstance(written, Scalar) else received
    if kind in _BOUNDS:
        words, name = _BOUNDS[kind]
        return [Fault(f"must be {words} {context[name]:.12g}", path, received=describe(received))]
    if kind == "literal_error":
        choices = re.findall(r"'([^']*)'", context["expected"])
        near = nearest(describe(received), choices)
        says = f"must be one of {', '.join(choices)}" if len(choices) > 1 else f"must be {choices[0]}"
        return [Fault(says, path, received=describe(received), suggestion=near)]
    short = kind in ("too_short", "too_long")
    return [Fault(_shape(kind, context), path, received=str(context["actual_length"]) if short else describe(received))]


def _shape(kind: str, context: Any) -> str:
    if kind in ("model_type", "model_attributes_type", "dict_type"):
        return "must be a map"
    if kind in ("tuple_type", "list_type"):
        return "must be a list"
    if kind == "too_short":
        count = context["min_length"]
        return f"must have at least {count} item{'s' if count > 1 else ''}"
    if kind == "too_long":
        return f"must have at most {context['max_length']} items"
    if kind == "string_too_short":
        return "must not be empty"
    raise AssertionError(f"no words for the validation error {kind}")


def _unknown_key(loc: Path, path: Path) -> Fault:
    _, sections = follow(loc[:-1])
    known = [key for section in sections for key in keys_of(section)]
    name = str(path[-1])
    if path == ("model", "layers"):
        return Fault("must not be given together with `type`: remove one", path, at="key")
    if len(path) == 1:
        known += ["extends", "preset"]
    near = nearest(name, known)
    if near is None:
        near = next((dotted(p) for p in all_keys() if p[-1] == name and p != path), None)
    return Fault("is no key of a config", path, expected=f"one of {', '.join(known)}", suggestion=near, at="key")


def _expected_below(sections: list[Any]) -> str | None:
    if not sections:
        return None
    required = {name for s in sections for name, field in s.model_fields.items() if field.is_required()}
    return f"a map with {' or '.join(sorted(required & {'source', 'type', 'layers'}))}" if required else None


def _no_choice(path: Path, received: Any) -> Fault:
    """Explains which zoo entry or source was wanted when none was chosen."""
    key, known = _UNIONS[path]
    table = known()
    names = ", ".join(table)
    also = ", or give `layers`" if key == "type" else ""
    if not isinstance(received, dict):
        return Fault(
            f"must be a map with `{key}`",
            path,
            expected=f"{key}: one of {names}{also}",
            received=describe(received),
        )
    if key not in received:
        keys = (key, "layers") if key == "type" else (key,)
        return missing_choice(received, keys, f"one of {names}{also}").under(*path)
    value = received[key]
    text = value.text if isinstance(value, Scalar) else str(value)
    says = f"must be one of {names}{also}"
    return Fault(says, (*path, key), received=describe(value), suggestion=nearest(text, table))
