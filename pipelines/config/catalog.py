"""Every name that a config may choose by `type`, with its arguments: read from data, without Keras."""

import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from piste.models.activations.table import ACTIVATIONS, SOFTMAX
from piste.models.layers import OWN_LAYERS
from piste.pipelines.config.entry import Argument, Entry
from piste.pipelines.config.own_schedules import OF_EVERY_STEP, OWN_SCHEDULES

KERAS_KINDS = (
    "constraints",
    "initializers",
    "layers",
    "losses",
    "metrics",
    "optimizers",
    "regularizers",
    "schedules",
)


def entries(kind: str) -> Mapping[str, Entry]:
    """Returns all types of a kind by name.

    Args:
        kind: one of `KERAS_KINDS`, "activations" or "layer_activations" (softmax too).

    Example:
        >>> entries("optimizers")["sgd"].arguments["momentum"].default
        0.0
        >>> "one_cycle" in entries("schedules")
        True
    """
    if kind in ("activations", "layer_activations"):
        return _activations(with_softmax=kind == "layer_activations")
    if kind == "layers" and OWN_LAYERS:
        return {**_keras()[kind], **{name: _own_layer(name) for name in OWN_LAYERS}}
    return _keras()[kind]


@cache
def _keras() -> Mapping[str, Mapping[str, Entry]]:
    text = files("piste").joinpath("pipelines", "config", "keras_names.json").read_text("utf-8")
    data = json.loads(text)
    tables = {kind: {name: _entry(name, item) for name, item in data[kind].items()} for kind in KERAS_KINDS}
    for name, entry in tables["schedules"].items():
        tables["schedules"][name] = replace(entry, arguments={**entry.arguments, **OF_EVERY_STEP})
    tables["schedules"] |= OWN_SCHEDULES
    return MappingProxyType({kind: MappingProxyType(table) for kind, table in tables.items()})


def _entry(name: str, item: Mapping[str, Any]) -> Entry:
    arguments = {}
    for argument, facts in item["arguments"].items():
        choices = tuple(facts["choices"]) if "choices" in facts else None
        arguments[argument] = Argument(**{**facts, "choices": choices})
    flags = {flag: item[flag] for flag in ("activation", "initializer") if flag in item}
    return Entry(name, item["class"], MappingProxyType(arguments), **flags)


def _activations(*, with_softmax: bool) -> Mapping[str, Entry]:
    table = {}
    for activation in ACTIVATIONS.values():
        arguments = {
            name: Argument(
                "float",
                default=argument.default,
                minimum=None if argument.exclusive else argument.minimum,
                exclusive_minimum=argument.minimum if argument.exclusive else None,
            )
            for name, argument in activation.arguments.items()
        }
        for name in (activation.name, *activation.aliases):
            table[name] = Entry(name, None, arguments, check=activation.check)
    if with_softmax:
        table[SOFTMAX] = Entry(SOFTMAX, "Softmax", {})
    return table


def _own_layer(name: str) -> Entry:
    return entry_of(name, OWN_LAYERS[name], ("name", "seed", "dtype", "trainable"))


def entry_of(name: str, function: Callable[..., Any], without: Collection[str], *, keyword_only: bool = False) -> Entry:
    """Returns the entry of what the process registered: what its signature says, untyped.

    Args:
        name: under which it was registered.
        function: or class.
        without: parameters that a config does not set.
        keyword_only: whether only parameters after the asterisk count.
    """
    import inspect

    arguments = {
        parameter.name: Argument(
            "any",
            required=parameter.default is inspect.Parameter.empty,
            default=parameter.default,
            nullable=True,
        )
        for parameter in inspect.signature(function).parameters.values()
        if parameter.kind in (parameter.KEYWORD_ONLY, *(() if keyword_only else (parameter.POSITIONAL_OR_KEYWORD,)))
        and parameter.name not in without
    }
    return Entry(name, None, arguments)
