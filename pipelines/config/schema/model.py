"""`model`: a zoo entry by `type`, or the `layers` themselves."""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Discriminator, Field, SerializeAsAny, Tag, WithJsonSchema

from piste.models import zoo
from piste.pipelines.config.components import TABLE, Component, component, documented
from piste.pipelines.config.scalars import read_text
from piste.pipelines.config.schema.fields import ReadFloat, ReadInt, ReadText, Section
from piste.pipelines.config.schema.layers import Layer, Repeat, read_layers
from piste.pipelines.config.schema.own import OwnModel

Activation = Annotated[Component, component("activations"), documented("activations")]
Initializer = Annotated[Component, component("initializers", ("auto",)), documented("initializers", ("auto",))]
Width = Annotated[int, Field(ge=1, le=1_000_000), ReadInt]


class Trunk(Section):
    """What every model has."""

    activation: Annotated[Activation, Field(description="Of every hidden layer.")] = Component(type="relu")
    initializer: Annotated[
        Initializer, Field(description="Of every hidden kernel; auto takes the activation's matched one.")
    ] = Component(type="auto")


class Mlp(Trunk):
    """Dense layers, each with the activation, and a head."""

    type: Annotated[Literal["mlp"], ReadText, Field(description="Which zoo entry.")]
    hidden: Annotated[tuple[Width, ...], Field(description="Units of the hidden layers, first to last.")] = (
        300,
        100,
    )
    dropout: Annotated[
        float, Field(ge=0, lt=1, description="Share of hidden units dropped in training."), ReadFloat
    ] = 0.0


class Cnn(Trunk):
    """Blocks of convolution, activation and pooling, then dense layers and a head."""

    type: Annotated[Literal["cnn"], ReadText, Field(description="Which zoo entry.")]
    filters: Annotated[
        tuple[Width, ...], Field(min_length=1, description="Filters of the convolutions, first to last.")
    ] = (32, 64)
    kernel_size: Annotated[int, Field(ge=1, le=100, description="Height and width of the kernels."), ReadInt] = 3
    dense: Annotated[tuple[Width, ...], Field(description="Units of the dense layers.")] = (64,)
    dropout: Annotated[
        float, Field(ge=0, lt=1, description="Share of units dropped before dense layers."), ReadFloat
    ] = 0.0


class Free(Trunk):
    """The layers themselves, `activation` standing for the model's choice."""

    layers: Annotated[
        tuple[SerializeAsAny[Layer | Repeat], ...],
        BeforeValidator(read_layers),
        WithJsonSchema({"type": "array", "minItems": 1, "items": {TABLE: "layer_item"}}),
        Field(description="Layers in order: names, maps with `type`, or `{repeat: N, layers: [...]}`."),
    ]


MODELS: dict[str, type[Trunk]] = {"mlp": Mlp, "cnn": Cnn}


def own_models() -> list[str]:
    """Returns the names of the model types that this process registered."""
    return [name for name in zoo.MODELS if name not in MODELS]


def models() -> list[str]:
    """Returns the names of all model types, those registered in this process included."""
    return [*MODELS, *own_models()]


def _choose(value: Any) -> str | None:
    if isinstance(value, Trunk | OwnModel):
        return type(value).__name__
    try:
        if "type" not in value and "layers" in value:
            return "Free"
        name = read_text(value["type"])
        return OwnModel.__name__ if name in own_models() else MODELS[name].__name__
    except (KeyError, TypeError, ValueError):
        return None


Model = Annotated[
    Annotated[Mlp, Tag("Mlp")]
    | Annotated[Cnn, Tag("Cnn")]
    | Annotated[Free, Tag("Free")]
    | Annotated[OwnModel, WithJsonSchema({"not": {}}), Tag("OwnModel")],
    Discriminator(_choose),
]
