"""`data` of `source: csv`."""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema

from piste.pipelines.config.faults import Fault, Faults, describe
from piste.pipelines.config.scalars import read_text
from piste.pipelines.config.schema.fields import OptionalText, ReadText, Text
from piste.pipelines.config.schema.held_out import HoldingOut


def _read_target(value: Any) -> str | tuple[str, ...]:
    if isinstance(value, list | tuple) and value:
        return tuple(read_text(item) for item in value)
    if isinstance(value, list | tuple | dict):
        raise Faults([Fault("must be a column or a list of columns", received=describe(value))])
    return read_text(value)


def _read_delimiter(value: Any) -> str:
    text = read_text(value)
    if len(text) != 1 or text in '"\r\n':
        raise Faults([Fault("must be one character, no quote and no line end", received=describe(value))])
    return text


class Csv(HoldingOut):
    """A table with a header in a .csv file, with columns of numbers and of categories."""

    source: Annotated[Literal["csv"], ReadText, Field(description="Which source.")]
    path: Annotated[str, Field(min_length=1, description="The file to train on."), ReadText]
    target: Annotated[
        str | tuple[str, ...],
        BeforeValidator(_read_target),
        WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "array", "minItems": 1, "items": {"type": "string"}}]}),
        Field(description="The column to predict; several for regression and multilabel."),
    ]
    task: Annotated[
        Literal["classification", "multilabel", "regression"],
        ReadText,
        Field(description="What is to be predicted."),
    ] = "classification"
    columns: Annotated[
        dict[str, Annotated[Literal["numeric", "categorical"], ReadText]],
        Field(
            default_factory=dict, description="What columns hold, by name; those not named are told by their values."
        ),
    ]
    ignore: Annotated[tuple[Text, ...], Field(description="Columns that are left out.")] = ()
    missing: Annotated[
        Literal["error", "mean", "median"],
        ReadText,
        Field(description="What a missing number is: an error, or the training part's mean or median."),
    ] = "error"
    missing_values: Annotated[
        tuple[Text, ...], Field(description="Texts beside the empty one that stand for a missing value.")
    ] = ()
    delimiter: Annotated[
        str,
        BeforeValidator(_read_delimiter),
        WithJsonSchema({"type": "string", "minLength": 1, "maxLength": 1}),
        Field(description="What stands between two values."),
    ] = ","
    validation_path: Annotated[OptionalText, Field(description="A file to validate on; null: see `validation`.")] = None
    test_path: Annotated[OptionalText, Field(description="A file to test on; null: see `test`.")] = None
    scale: Annotated[
        Literal["none", "standardize"],
        ReadText,
        Field(description="What the model's first layer does to numbers: nothing, or zero mean and unit variance."),
    ] = "standardize"
