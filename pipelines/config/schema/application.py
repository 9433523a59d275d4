"""`model.type: application`: an architecture of `keras.applications`."""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema

from piste.models.applications import APPLICATIONS
from piste.models.suggest import nearest
from piste.pipelines.config.components import Component, documented, optional_component
from piste.pipelines.config.faults import Fault, Faults, describe
from piste.pipelines.config.scalars import read_text
from piste.pipelines.config.schema.fields import NullToNone, OptionalText, ReadFloat, ReadInt, ReadText, Section


def _read_name(value: Any) -> str:
    name = read_text(value)
    if name not in APPLICATIONS:
        says, expected = "must name an application", f"one of {', '.join(APPLICATIONS)}"
        raise Faults([Fault(says, expected=expected, received=describe(value), suggestion=nearest(name, APPLICATIONS))])
    return name


Side = Annotated[int, Field(ge=1, le=10_000), ReadInt]


class Application(Section):
    """An architecture of keras.applications without its top, pooled, and a head."""

    type: Annotated[Literal["application"], ReadText, Field(description="Which zoo entry.")]
    application: Annotated[
        str,
        BeforeValidator(_read_name),
        WithJsonSchema({"enum": list(APPLICATIONS)}),
        Field(description="Which function of keras.applications; see `piste list applications`."),
    ]
    size: Annotated[
        tuple[Side, Side] | None,
        NullToNone,
        Field(description="Height and width that images are resized to; null keeps theirs."),
    ] = None
    alpha: Annotated[
        Annotated[float, Field(gt=0, le=10), ReadFloat] | None,
        NullToNone,
        Field(description="Width multiplier of the MobileNets; null takes 1."),
    ] = None
    activation: Annotated[
        Component | None,
        optional_component("activations"),
        documented("activations", nullable=True),
        Field(description="In the place of the architecture's hidden activations; null keeps them."),
    ] = None
    pooling: Annotated[Literal["avg", "max"], ReadText, Field(description="Of the last feature maps.")] = "avg"
    dropout: Annotated[float, Field(ge=0, lt=1, description="Rate before the head."), ReadFloat] = 0.0
    weights: Annotated[
        OptionalText,
        Field(description="A local file with the architecture's weights without its top; null draws them."),
    ] = None
    head: Annotated[
        Literal["softmax", "sigmoid"],
        ReadText,
        Field(description="Of a classifier: a probability for each class, or one unit, that of the second of two."),
    ] = "softmax"
