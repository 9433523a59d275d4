"""What `piste show CONFIG KEY` says about a key: its type in words and its documentation."""

from typing import Any

from piste.pipelines.config.arguments import expectation
from piste.pipelines.config.catalog import entries
from piste.pipelines.config.components import TABLE, Component
from piste.pipelines.config.config import Config
from piste.pipelines.config.describe import field_of
from piste.pipelines.config.overrides import parse_path
from piste.pipelines.config.schema.fields import Section
from piste.pipelines.config.schema.settings import Settings

_WORDS = {
    "integer": "an integer",
    "number": "a number",
    "boolean": "true or false",
    "string": "a text",
    "null": "null",
}
_LIMITS = {
    "minimum": "at least",
    "exclusiveMinimum": "above",
    "maximum": "at most",
    "exclusiveMaximum": "below",
}


def document(config: Config, key: str) -> tuple[str, str | None]:
    """Returns the type in words and the documentation of a key.

    Args:
        config: decides which source, model or optimiser is meant.
        key: written with dots and indices; it exists.

    Example:
        >>> from piste.pipelines.config.load import load_config
        >>> document(load_config("quickstart"), "training.epochs")
        ('an integer, at least 1, at most 1000000', 'Passes over the training samples.')
    """
    section: type[Section] = Settings
    value: Any = config
    schema: dict[str, Any] = {}
    doc: str | None = None
    for step in parse_path(key):
        field = field_of(section, step) if isinstance(value, Section | Config) else None
        if field is not None:
            schema, doc = section.model_json_schema(by_alias=True)["properties"][step], field.description
            value = getattr(value, next(name for name, f in section.model_fields.items() if f is field))
            section = type(value) if isinstance(value, Section) else section
        elif isinstance(step, int) and isinstance(value, tuple) and isinstance(value[step], Section):
            value, section, schema = value[step], type(value[step]), {}
        elif isinstance(value, Component) and TABLE in schema:
            return _argument(value, str(step), schema[TABLE])
        else:
            value, schema = None, schema.get("items", {})
    return type_words(schema) if schema else _kind(config.value(key)), doc


def type_words(schema: dict[str, Any]) -> str:
    """Returns a JSON Schema in words.

    Example:
        >>> type_words({"type": "array", "items": {"type": "integer", "minimum": 1}})
        'a list of: an integer, at least 1'
    """
    if TABLE in schema:
        return f"a name of `piste list {schema[TABLE]}`, or a map with `type`".replace("layer_item", "layers")
    if "anyOf" in schema:
        return " or ".join(type_words(form) for form in schema["anyOf"])
    if "enum" in schema or "const" in schema:
        return f"one of {', '.join(schema.get('enum', [schema.get('const')]))}"
    if schema.get("type") == "array":
        return f"a list of: {type_words(schema['items'])}" if "items" in schema else "a list"
    limits = [f"{words} {schema[name]:.12g}" for name, words in _LIMITS.items() if name in schema]
    return ", ".join([_WORDS.get(schema.get("type", ""), "a map"), *limits])


def _argument(component: Component, name: str, kind: str) -> tuple[str, None]:
    arguments = entries(kind)[component.type].arguments
    return (expectation(arguments[name]) if name in arguments else f"a name of `piste list {kind}`"), None


def _kind(value: Any) -> str:
    """Returns in words what a value is, for the inside of layers, whose types the catalog has by name only."""
    kinds = {bool: "boolean", int: "integer", float: "number", str: "string"}
    if isinstance(value, list):
        return "a list"
    return _WORDS.get(kinds.get(type(value), ""), "a map")
