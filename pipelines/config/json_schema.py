"""The config's JSON Schema, for editors: what `piste schema` prints."""

from collections.abc import Mapping
from typing import Any

from piste.models.images import AUGMENTATIONS
from piste.pipelines.config.catalog import KERAS_KINDS, entries
from piste.pipelines.config.components import TABLE
from piste.pipelines.config.entry import Argument, Entry
from piste.pipelines.config.preset import presets
from piste.pipelines.config.schema.layers import LAYER_LIMIT, PLACEHOLDER, REPEAT_LIMIT
from piste.pipelines.config.schema.settings import Settings

_NUMBERS = {"int": "integer", "float": "number", "bool": "boolean", "str": "string"}
_LIMITS = {
    "minimum": "minimum",
    "maximum": "maximum",
    "exclusive_minimum": "exclusiveMinimum",
    "exclusive_maximum": "exclusiveMaximum",
}


def json_schema() -> dict[str, Any]:
    """Returns the schema of a config file.

    A file that `extends` another may leave out whatever its base gives, so nothing is required of it.
    """
    full = _resolve(Settings.model_json_schema(by_alias=True), "")
    definitions = full.pop("$defs") | _tables()
    full["properties"]["health"]["anyOf"][1] = {"type": "boolean"}
    full["properties"]["extends"] = {
        "type": "string",
        "description": "The file, or the shipped config's name, that this one is laid over.",
    }
    full["properties"]["preset"] = {
        "anyOf": [{"enum": list(presets())}, {"type": "null"}],
        "description": "Whose settings stand where this file has none.",
    }
    partial = {name: _loosen(item) for name, item in definitions.items()}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Piste config",
        "type": "object",
        "if": {"anyOf": [{"required": ["extends"]}, {"required": ["preset"]}]},
        "then": _loosen({key: full[key] for key in ("properties", "additionalProperties")}),
        "else": {key: full[key] for key in ("properties", "additionalProperties", "required")},
        "$defs": definitions | {f"partial_{name}": item for name, item in partial.items()},
    }


def _resolve(value: Any, prefix: str) -> Any:
    """Puts references where fields named a table of the catalog."""
    if isinstance(value, dict):
        renamed = {("$ref" if key == TABLE else key): item for key, item in value.items()}
        if TABLE in value:
            renamed["$ref"] = f"#/$defs/{prefix}{value[TABLE]}"
        return {key: _resolve(item, prefix) for key, item in renamed.items()}
    return [_resolve(item, prefix) for item in value] if isinstance(value, list) else value


def _loosen(value: Any) -> Any:
    """Returns the schema of a part: nothing required, any of several forms, references to parts."""
    if isinstance(value, dict):
        kept = {key: item for key, item in value.items() if key not in ("required", "default")}
        if isinstance(value.get("required"), dict):
            kept["required"] = value["required"]
        loose = {("anyOf" if key == "oneOf" else key): _loosen(item) for key, item in kept.items()}
        if isinstance(loose.get("$ref"), str):
            loose["$ref"] = loose["$ref"].replace("#/$defs/", "#/$defs/partial_")
        return loose
    return [_loosen(item) for item in value] if isinstance(value, list) else value


def _tables() -> dict[str, Any]:
    kinds = (*(kind for kind in KERAS_KINDS if kind != "layers"), "activations", "layer_activations")
    tables: dict[str, Any] = {kind: _table(entries(kind)) for kind in kinds}
    layers = entries("layers")
    short = [PLACEHOLDER, *(name for name, entry in layers.items() if not entry.needs_arguments)]
    tables["layer_item"] = {
        "anyOf": [{"enum": short}, {"$ref": "#/$defs/repeat"}, *(_layer(entry) for entry in layers.values())]
    }
    augmentations = [layers[name] for name in AUGMENTATIONS]
    bare = [entry.name for entry in augmentations if not entry.needs_arguments]
    tables["augmentation"] = {"anyOf": [{"enum": bare}, *(_object(entry, {}) for entry in augmentations)]}
    tables["repeat"] = {
        "type": "object",
        "properties": {
            "repeat": {"type": "integer", "minimum": 1, "maximum": REPEAT_LIMIT},
            "layers": {
                "type": "array",
                "minItems": 1,
                "maxItems": LAYER_LIMIT,
                "items": {"$ref": "#/$defs/layer_item"},
            },
        },
        "required": ["repeat", "layers"],
        "additionalProperties": False,
    }
    return tables


def _table(table: Mapping[str, Entry]) -> dict[str, Any]:
    short = [name for name, entry in table.items() if not entry.needs_arguments]
    return {"anyOf": [{"enum": short}, *(_object(entry, {}) for entry in table.values())]}


def _layer(entry: Entry) -> dict[str, Any]:
    own: dict[str, Any] = {"name": {"type": "string", "pattern": "^[A-Za-z0-9_]+$"}}
    if entry.activation:
        own["activation"] = {"$ref": "#/$defs/layer_activations"}
    if entry.initializer:
        own["initializer"] = {"anyOf": [{"const": "auto"}, {"$ref": "#/$defs/initializers"}]}
    return _object(entry, own)


def _object(entry: Entry, own: dict[str, Any]) -> dict[str, Any]:
    arguments = {name: _argument(argument) for name, argument in entry.arguments.items()}
    needed = [name for name, argument in entry.arguments.items() if argument.required]
    return {
        "type": "object",
        "properties": {"type": {"const": entry.name}, **own, **arguments},
        "required": ["type", *needed],
        "additionalProperties": False,
    }


def _argument(argument: Argument) -> dict[str, Any]:
    kind = argument.kind
    limits = {name: getattr(argument, key) for key, name in _LIMITS.items() if getattr(argument, key) is not None}
    schema: dict[str, Any]
    if kind == "any":
        return {}
    if argument.choices:
        schema = {"enum": list(argument.choices)}
    elif kind in ("ints", "floats"):
        number = {"type": _NUMBERS[kind[:-1]], **limits}
        pair = {"type": "array", "items": number}
        many = {
            "type": "array",
            "minItems": 1,
            "items": {"anyOf": [number, pair]} if argument.nested else number,
        }
        schema = many if argument.list else {"anyOf": [number, many]}
    elif kind in _NUMBERS:
        schema = {"type": _NUMBERS[kind], **limits}
    else:
        schema = {"$ref": f"#/$defs/{kind}"}
    if argument.nullable:
        schema = {"anyOf": [schema, {"type": "null"}]}
    return schema if argument.required or argument.default is None else schema | {"default": argument.default}
