"""`data` of `source: tfrecord`."""

from typing import Annotated, Literal

from annotated_types import Ge, MinLen
from pydantic import BeforeValidator, Field

from piste.pipelines.config.scalars import optional, read_text
from piste.pipelines.config.schema.common import SCALE_DOC, Common, Scale, Validation
from piste.pipelines.config.schema.fields import NullToNone, OptionalText, ReadInt, ReadText, Section


class RecordFeature(Section):
    """How one value of a record is stored."""

    shape: Annotated[
        tuple[Annotated[int, Ge(1), ReadInt], ...], Field(description="Of one sample; [] for a single number.")
    ] = ()
    dtype: Annotated[
        Literal["uint8", "int8", "uint16", "int16", "int32", "int64", "float16", "float32", "float64"],
        ReadText,
        Field(description="The type that it is read to."),
    ] = "float32"
    encoding: Annotated[
        Literal["list", "raw", "image"],
        ReadText,
        Field(description="A list of numbers, the bytes of an array, or those of a BMP, GIF, JPEG or PNG file."),
    ] = "list"


class Tfrecord(Common):
    """Files of TensorFlow's Example records."""

    source: Annotated[Literal["tfrecord"], ReadText, Field(description="Which source.")]
    path: Annotated[str, Field(min_length=1, description="The file, or a pattern such as train-*.tfrecord."), ReadText]
    features: Annotated[
        dict[str, RecordFeature], MinLen(1), Field(description="How x and y are stored, by their keys.")
    ]
    x: Annotated[str, Field(description="The feature to learn from."), ReadText] = "x"
    y: Annotated[str, Field(description="The feature to predict."), ReadText] = "y"
    task: Annotated[
        Literal["classification", "multilabel", "regression"],
        ReadText,
        Field(description="What is to be predicted."),
    ] = "classification"
    compression: Annotated[
        Literal["gzip", "zlib"] | None,
        BeforeValidator(optional(read_text)),
        Field(description="Of the files; null has none."),
    ] = None
    validation_path: Annotated[OptionalText, Field(description="The validation part; null: see `validation`.")] = None
    test_path: Annotated[OptionalText, Field(description="The test part; null has none.")] = None
    test: Annotated[
        Validation | None, NullToNone, Field(description="What is held out for the test, before validation is.")
    ] = None
    scale: Annotated[Scale, Field(description=SCALE_DOC)] = "standardize"
