"""`model`: a zoo entry by `type`, or the `layers` themselves."""

from collections.abc import Callable
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Discriminator, Field, SerializeAsAny, Tag, WithJsonSchema, model_serializer

from piste.models import zoo
from piste.pipelines.config.components import TABLE, Component, component, documented, optional_component
from piste.pipelines.config.scalars import read_text
from piste.pipelines.config.schema.application import Application
from piste.pipelines.config.schema.fields import Count, NullToNone, ReadBool, ReadFloat, ReadInt, ReadText, Section
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
    kernel_regularizer: Annotated[
        Component | None,
        optional_component("regularizers"),
        documented("regularizers", nullable=True),
        Field(description="Of every kernel, the last one included, whose layer names none; null for none."),
    ] = None
    kernel_constraint: Annotated[
        Component | None,
        optional_component("constraints"),
        documented("constraints", nullable=True),
        Field(description="Of every kernel, the last one included; norms are of each unit's incoming weights."),
    ] = None


class BatchNorm(Section):
    """Batch normalisation of every hidden layer."""

    position: Annotated[
        Literal["before", "after"], ReadText, Field(description="Before the activations, without biases, or after.")
    ] = "before"
    input: Annotated[bool, Field(description="Whether the inputs are normalised too."), ReadBool] = False
    output: Annotated[bool, Field(description="Whether the logits are normalised too."), ReadBool] = False
    momentum: Annotated[float, Field(ge=0, lt=1, description="Of the moving averages."), ReadFloat] = 0.99
    epsilon: Annotated[float, Field(gt=0, description="Added to the variance."), ReadFloat] = 1e-3


class Dropout(Section):
    """What is dropped before dense layers."""

    type: Annotated[
        Literal["dropout", "alpha_dropout", "gaussian_dropout"], ReadText, Field(description="Which kind.")
    ] = "dropout"
    rate: Annotated[float, Field(ge=0, lt=1, description="Share that is dropped in training."), ReadFloat]
    last: Annotated[Count, Field(description="Before so many of the last dense layers; null before all.")] = None

    @model_serializer(mode="wrap")
    def plain(self, handler: Callable[[Any], dict[str, Any]]) -> Any:
        """Returns the shortest form that reads back equal: the rate, or a map."""
        return self.rate if self.type == "dropout" and self.last is None else handler(self)


def _read_dropout(value: Any) -> Any:
    """Reads a rate, or a map."""
    return value if isinstance(value, dict | Dropout) else {"rate": value}


DropoutBefore = Annotated[
    Dropout,
    BeforeValidator(_read_dropout),
    WithJsonSchema({"anyOf": [{"type": "number", "minimum": 0, "exclusiveMaximum": 1}, Dropout.model_json_schema()]}),
    Field(description="Rate before every dense layer, or a map with `rate`, `type` and `last`."),
]
Normalised = Annotated[
    BatchNorm | None, NullToNone, Field(description="Batch normalisation of hidden layers; null for none.")
]

Head = Annotated[
    Literal["softmax", "sigmoid"],
    ReadText,
    Field(description="Of a classifier: a probability for each class, or one unit, that of the second of two."),
]


class Mlp(Trunk):
    """Dense layers, each with the activation, and a head."""

    type: Annotated[Literal["mlp"], ReadText, Field(description="Which zoo entry.")]
    hidden: Annotated[tuple[Width, ...], Field(description="Units of the hidden layers, first to last.")] = (
        300,
        100,
    )
    batch_norm: Normalised = None
    dropout: DropoutBefore = Dropout(rate=0.0)
    head: Head = "softmax"


class Cnn(Trunk):
    """Blocks of convolution, activation and pooling, then dense layers and a head."""

    type: Annotated[Literal["cnn"], ReadText, Field(description="Which zoo entry.")]
    filters: Annotated[
        tuple[Width, ...], Field(min_length=1, description="Filters of the convolutions, first to last.")
    ] = (32, 64)
    kernel_size: Annotated[int, Field(ge=1, le=100, description="Height and width of the kernels."), ReadInt] = 3
    dense: Annotated[tuple[Width, ...], Field(description="Units of the dense layers.")] = (64,)
    batch_norm: Normalised = None
    dropout: DropoutBefore = Dropout(rate=0.0)
    head: Head = "softmax"


class Towers(Trunk):
    """Dense layers for each of two inputs, joined by more of them; for `data.pairs`."""

    type: Annotated[Literal["towers"], ReadText, Field(description="Which zoo entry.")]
    tower: Annotated[
        tuple[Width, ...], Field(min_length=1, description="Units of each tower's layers, first to last.")
    ] = (100, 100)
    joint: Annotated[tuple[Width, ...], Field(description="Units of the layers after both towers.")] = (10,)
    head: Head = "softmax"


class Free(Trunk):
    """The layers themselves, `activation` standing for the model's choice."""

    layers: Annotated[
        tuple[SerializeAsAny[Layer | Repeat], ...],
        BeforeValidator(read_layers),
        WithJsonSchema({"type": "array", "minItems": 1, "items": {TABLE: "layer_item"}}),
        Field(description="Layers in order: names, maps with `type`, or `{repeat: N, layers: [...]}`."),
    ]


MODELS: dict[str, type[Section]] = {"mlp": Mlp, "cnn": Cnn, "towers": Towers, "application": Application}


def own_models() -> list[str]:
    """Returns the names of the model types that this process registered."""
    return [name for name in zoo.MODELS if name not in MODELS]


def models() -> list[str]:
    """Returns the names of all model types, those registered in this process included."""
    return [*MODELS, *own_models()]


def _choose(value: Any) -> str | None:
    if isinstance(value, Trunk | Application | OwnModel):
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
    | Annotated[Towers, Tag("Towers")]
    | Annotated[Application, Tag("Application")]
    | Annotated[Free, Tag("Free")]
    | Annotated[OwnModel, WithJsonSchema({"not": {}}), Tag("OwnModel")],
    Discriminator(_choose),
]
