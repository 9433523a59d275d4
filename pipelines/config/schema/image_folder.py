"""`data` of `source: image_folder`."""

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema

from piste.pipelines.config.faults import Fault, Faults, describe, read_each
from piste.pipelines.config.scalars import read_int
from piste.pipelines.config.schema.common import SCALE_DOC, Scale
from piste.pipelines.config.schema.fields import OptionalText, ReadText
from piste.pipelines.config.schema.held_out import HoldingOut

LARGEST_SIDE = 10_000
_SIDES = {"type": "array", "items": {"type": "integer", "minimum": 1, "maximum": LARGEST_SIDE}}


def _read_size(value: object) -> tuple[int, ...]:
    if not isinstance(value, list | tuple) or len(value) != 2:
        raise Faults([Fault("must be a list of height and width, as in [64, 64]", received=describe(value))])
    return tuple(read_each(enumerate(value), _read_side))


def _read_side(value: object) -> int:
    side = read_int(value)
    if not 1 <= side <= LARGEST_SIDE:
        raise Faults([Fault(f"must be from 1 to {LARGEST_SIDE}", received=describe(value))])
    return side


def _read_channels(value: object) -> int:
    channels = read_int(value)
    if channels not in (1, 3):
        raise Faults([Fault("must be 1, gray, or 3, RGB", received=describe(value))])
    return channels


class ImageFolder(HoldingOut):
    """Image files in one folder a class, or in such folders for each part."""

    source: Annotated[Literal["image_folder"], ReadText, Field(description="Which source.")]
    directory: Annotated[str, Field(min_length=1, description="The folder with one folder a class."), ReadText]
    size: Annotated[
        tuple[int, int],
        BeforeValidator(_read_size),
        WithJsonSchema({**_SIDES, "minItems": 2, "maxItems": 2}),
        Field(description="Height and width that images are brought to."),
    ]
    channels: Annotated[Literal[1, 3], BeforeValidator(_read_channels), Field(description="1 is gray, 3 RGB.")] = 3
    interpolation: Annotated[
        Literal["nearest", "box", "bilinear", "bicubic", "lanczos"],
        ReadText,
        Field(description="The filter that resizes."),
    ] = "bilinear"
    fit: Annotated[
        Literal["stretch", "crop", "pad"],
        ReadText,
        Field(description="What becomes of images with another ratio of the sides than `size`."),
    ] = "stretch"
    train_folder: Annotated[
        OptionalText, Field(description="Of the training part in `directory`; null: the class folders are there.")
    ] = None
    validation_folder: Annotated[
        OptionalText, Field(description="Of the validation part in `directory`; null: see `validation`.")
    ] = None
    test_folder: Annotated[OptionalText, Field(description="Of the test part in `directory`; null: see `test`.")] = None
    scale: Annotated[Scale, Field(description=SCALE_DOC)] = "unit"
