"""What every source of `data` has: its split, its scale and its batches."""

from typing import Annotated, Literal

from annotated_types import MinLen
from pydantic import Field, WithJsonSchema

from piste.pipelines.config.schema.fields import (
    Count,
    Natural,
    NullToNone,
    ReadBool,
    ReadInt,
    ReadText,
    Section,
    Share,
    Text,
)

Scale = Annotated[Literal["none", "unit", "standardize"], ReadText]
SCALE_DOC = "What the model's first layer does: nothing, integer range to 0..1, or zero mean and unit variance."


class Validation(Section):
    """The part of the training samples that is held out to judge by: `size` or `fraction`, one of the two."""

    size: Annotated[Count, Field(description="Number of samples held out.")] = None
    fraction: Annotated[Share, Field(description="Share of the samples held out.")] = None
    from_: Annotated[
        Literal["start", "end", "random"],
        ReadText,
        Field(alias="from", description="Which samples: the first, the last, or a seeded choice."),
    ] = "end"
    seed: Annotated[Natural, Field(description="Of the random choice; null takes the config's.")] = None


ClassName = Annotated[str, ReadText, WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "integer", "minimum": 0}]})]


class Select(Section):
    """Which classes and how many samples of what was read are used; classes by name or by index."""

    classes: Annotated[
        Annotated[tuple[ClassName, ...], MinLen(2)] | None,
        NullToNone,
        Field(description="Classes to keep, numbered from 0 in this order; null keeps all."),
    ] = None
    merge: Annotated[
        Annotated[dict[str, Annotated[tuple[ClassName, ...], MinLen(1)]], MinLen(1)] | None,
        NullToNone,
        Field(description="New classes by name, each a list of old ones; they are numbered first."),
    ] = None
    train_samples: Annotated[Count, Field(description="Train on so many samples, the first; null on all.")] = None
    train_per_class: Annotated[Count, Field(description="Train on the first so many of each class.")] = None
    validation_per_class: Annotated[Count, Field(description="Validate on the first so many of each class.")] = None


class Common(Section):
    """What every source has."""

    classes: Annotated[
        Annotated[tuple[Text, ...], MinLen(2)] | None,
        NullToNone,
        Field(description="Names of the classes by index."),
    ] = None
    validation: Annotated[
        Validation | None,
        NullToNone,
        Field(description="What is held out to judge by; null holds out nothing."),
    ] = Validation(fraction=0.1)
    select: Annotated[
        Select | None,
        NullToNone,
        Field(description="Which classes and how many samples are used, once validation is held out; null: all."),
    ] = None
    batch_size: Annotated[int, Field(ge=1, description="Samples in a training step."), ReadInt] = 32
    shuffle: Annotated[bool, Field(description="Whether every epoch has its own seeded order."), ReadBool] = True
