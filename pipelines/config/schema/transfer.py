"""`transfer`: weights that a model starts from."""

from typing import Annotated, Any

from pydantic import BeforeValidator, Field, WithJsonSchema

from piste.pipelines.config.faults import Fault, Faults, describe, read_each
from piste.pipelines.config.nodes import Scalar
from piste.pipelines.config.scalars import is_null, read_int, read_text
from piste.pipelines.config.schema.fields import OptionalText, Section

Layers = tuple[str | int, ...] | dict[str, str]


def _read_layers(value: Any) -> Layers | None:
    """Reads a list of names, patterns and numbers, or a map from this model's names to the others."""
    if is_null(value) or value is None:
        return None
    if isinstance(value, dict) and value:
        return dict(zip(value, read_each(value.items(), read_text), strict=True))
    if isinstance(value, list | tuple) and value:
        return tuple(read_each(enumerate(value), _read_layer))
    says = "must be a list of layers, or a map from this model's layers to those of the other"
    raise Faults([Fault(says, received=describe(value))])


def _read_layer(item: Any) -> str | int:
    text = item.text if isinstance(item, Scalar) and item.plain else item
    number = isinstance(text, int) or (isinstance(text, str) and text.removeprefix("-").isdecimal())
    return read_int(item) if number else read_text(item)


class Transfer(Section):
    """Trained weights that some layers start from: those of a `run`, or arrays in a file, one of the two."""

    run: Annotated[OptionalText, Field(description="A run folder.")] = None
    weights: Annotated[OptionalText, Field(description="A .npz file with arrays LAYER/kernel, LAYER/bias.")] = None
    layers: Annotated[
        Layers | None,
        BeforeValidator(_read_layers),
        WithJsonSchema(
            {
                "anyOf": [
                    {"type": "array", "minItems": 1, "items": {"type": ["string", "integer"]}},
                    {"type": "object", "minProperties": 1, "additionalProperties": {"type": "string"}},
                    {"type": "null"},
                ]
            }
        ),
        Field(
            description="Which: names, patterns as in dense_*, or numbers among the layers with weights; "
            "or a map MINE: THEIRS. Null is all with weights but the last."
        ),
    ] = None
