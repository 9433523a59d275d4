"""Every name that a config may choose by `type`, with its arguments: read from data, without Keras."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from piste.models.activations.table import ACTIVATIONS, SOFTMAX
from piste.models.layers import OWN_LAYERS

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
    """

    name: str
    class_name: str | None
    arguments: Mapping[str, Argument]
    activation: bool = False
    initializer: bool = False

    @property
    def needs_arguments(self) -> bool:
        """Whether the bare name is not enough."""
        return any(argument.required for argument in self.arguments.values())


_SHARE = Argument("float", default=0.1, exclusive_minimum=0, maximum=1)
_ONE_CYCLE = Entry(
    "one_cycle",
    None,
    MappingProxyType(
        {
            "max_rate": Argument("float", required=True, exclusive_minimum=0),
            "start_fraction": _SHARE,
            "final_fraction": Argument("float", default=0.001, exclusive_minimum=0, maximum=1),
        }
    ),
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
    tables["schedules"]["one_cycle"] = _ONE_CYCLE
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
            table[name] = Entry(name, None, arguments)
    if with_softmax:
        table[SOFTMAX] = Entry(SOFTMAX, "Softmax", {})
    return table


def _own_layer(name: str) -> Entry:
    """Returns the entry of a layer that the process registered: what its signature says, untyped."""
    import inspect

    parameters = list(inspect.signature(OWN_LAYERS[name]).parameters.values())
    arguments = {
        parameter.name: Argument(
            "any",
            required=parameter.default is inspect.Parameter.empty,
            default=parameter.default,
            nullable=True,
        )
        for parameter in parameters
        if parameter.kind in (parameter.POSITIONAL_OR_KEYWORD, parameter.KEYWORD_ONLY)
        and parameter.name not in ("name", "seed", "dtype", "trainable")
    }
    return Entry(name, None, arguments)
