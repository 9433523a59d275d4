"""A choice by name: `elu`, or `{type: leaky_relu, negative_slope: 0.01}` where it has arguments."""

from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, WithJsonSchema, model_serializer

from piste.models.suggest import nearest
from piste.pipelines.config.arguments import read_arguments
from piste.pipelines.config.catalog import entries
from piste.pipelines.config.entry import Entry
from piste.pipelines.config.faults import Fault, Faults, describe
from piste.pipelines.config.scalars import is_null, read_text

TABLE = "x-table"
"""Stands in a field's JSON Schema for one of the catalog's tables; `piste schema` puts a reference there."""


class Component(BaseModel):
    """A type with its arguments, checked against the catalog.

    Example:
        >>> read_component("optimizers", {"type": "sgd", "momentum": 0.9}).arguments
        {'momentum': 0.9}
        >>> read_component("activations", "elu").plain()
        'elu'
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    type: str
    arguments: dict[str, Any] = {}

    @model_serializer
    def plain(self) -> Any:
        """Returns the shortest form that reads back equal: the name, or a map."""
        if not self.arguments:
            return self.type
        return {"type": self.type, **{key: plain_value(value) for key, value in self.arguments.items()}}


def plain_value(value: Any) -> Any:
    """Returns an argument as lists, maps and scalars."""
    if isinstance(value, Component):
        return value.plain()
    if isinstance(value, tuple | list):
        return [plain_value(item) for item in value]
    return value


def read_component(kind: str, value: Any, special: tuple[str, ...] = ()) -> Component:
    """Reads a name or a map with `type`.

    Args:
        kind: a kind of the catalog, as in "optimizers".
        value: raw.
        special: further names without arguments, as in "auto".

    Raises:
        Faults: the type is missing or unknown, or its arguments are wrong.
    """
    if isinstance(value, Component):
        return value
    if not isinstance(value, Mapping):
        name = _read_name(kind, value)
        if name in special:
            return Component(type=name)
        entry = find_entry(kind, name, special)
        if entry.needs_arguments:
            needed = ", ".join(n for n, argument in entry.arguments.items() if argument.required)
            raise Faults([Fault(f"must be a map `{{type: {name}, ...}}`: `{name}` needs {needed}", received=name)])
        return Component(type=name)
    name, entry = read_type(kind, value, special)
    arguments, faults = read_arguments(entry, {k: v for k, v in value.items() if k != "type"})
    if faults:
        raise Faults(faults)
    settled = entry.settled(arguments)
    wrong = entry.check(settled) if entry.check else None
    if wrong:
        named = [key for key in settled if f"`{key}`" in wrong]
        raise Faults([Fault(wrong, received=", ".join(f"{key} {_shown(settled[key])}" for key in named))])
    return Component(type=name, arguments=arguments)


def _shown(value: Any) -> str:
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_shown, value))}]"
    return "null" if value is None else f"{value:g}"


def read_type(kind: str, value: Mapping[str, Any], special: tuple[str, ...] = ()) -> tuple[str, Entry]:
    """Returns the `type` of a map and what the catalog knows of it."""
    if "type" not in value:
        raise Faults([missing_choice(value, ("type",), _names(kind, special))])
    try:
        name = _read_name(kind, value["type"])
        if name in special:
            return name, Entry(name, None, {})
        return name, find_entry(kind, name, special)
    except Faults as error:
        raise Faults(fault.under("type") for fault in error.faults) from None


def missing_choice(value: Iterable[str], keys: tuple[str, ...], expected: str) -> Fault:
    """Returns the complaint about a map that chooses nothing, at the misspelt key if there is one."""
    for key in value:
        near = nearest(key, keys)
        if near is not None:
            return Fault("is no key here", (key,), expected, suggestion=near, at="key")
    return Fault("is missing", keys[:1], expected)


def find_entry(kind: str, name: str, special: tuple[str, ...] = ()) -> Entry:
    """Returns the catalog's entry, or complains with the nearest name."""
    table = entries(kind)
    if name not in table:
        near = nearest(name, [*special, *table])
        noun = kind.replace("_", " ")
        article = "an" if noun[0] in "aio" else "a"
        says = f"must name {article} {_singular(noun)}"
        raise Faults([Fault(says, expected=_names(kind, special), received=describe(name), suggestion=near)])
    return table[name]


def component(kind: str, special: tuple[str, ...] = ()) -> BeforeValidator:
    """Returns the mark that makes a field of type `Component` read names of one kind."""
    return BeforeValidator(lambda value: read_component(kind, value, special))


def optional_component(kind: str) -> BeforeValidator:
    """Like `component`, with null let through."""
    return BeforeValidator(lambda value: None if is_null(value) else read_component(kind, value))


def documented(kind: str, special: tuple[str, ...] = (), *, nullable: bool = False) -> WithJsonSchema:
    """Returns the mark that gives a component field its JSON Schema."""
    forms: list[dict[str, Any]] = [{TABLE: kind}]
    if special:
        forms.append({"enum": list(special)})
    if nullable:
        forms.append({"type": "null"})
    return WithJsonSchema(forms[0] if len(forms) == 1 else {"anyOf": forms})


def _read_name(kind: str, value: Any) -> str:
    try:
        return read_text(value)
    except Faults:
        says = f"must be a name or a map with `type`: see `piste list {kind}`"
        raise Faults([Fault(says, received=describe(value))]) from None


def _names(kind: str, special: tuple[str, ...]) -> str:
    return f"one of {', '.join([*special, *sorted(entries(kind))])}"


def _singular(noun: str) -> str:
    return "loss" if noun == "losses" else noun.removesuffix("s")
