"""What models share: activation, initialiser, normalisation, dropout, augmentation and head."""

from collections.abc import Callable
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, SerializeAsAny, WithJsonSchema, model_serializer

from piste.models.images import AUGMENTATIONS
from piste.models.suggest import nearest
from piste.pipelines.config.components import TABLE, Component, component, documented, optional_component
from piste.pipelines.config.faults import Fault, Faults, describe, read_each
from piste.pipelines.config.schema.fields import Count, NullToNone, ReadBool, ReadFloat, ReadInt, ReadText, Section
from piste.pipelines.config.schema.layers import Layer, read_item

Activation = Annotated[Component, component("activations"), documented("activations")]
Initializer = Annotated[Component, component("initializers", ("auto",)), documented("initializers", ("auto",))]
Width = Annotated[int, Field(ge=1, le=1_000_000), ReadInt]
Blocks = Annotated[int, Field(ge=1, le=1_000), ReadInt]


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


def _read_augment(value: Any) -> tuple[Layer, ...]:
    """Reads a list of augmentation layers."""
    if not isinstance(value, list | tuple):
        raise Faults([Fault("must be a list of augmentations", received=describe(value))])
    return tuple(read_each(enumerate(value), _read_augmentation))


def _read_augmentation(value: Any) -> Layer:
    item = read_item(value)
    if isinstance(item, Layer) and item.type in AUGMENTATIONS and item.name is None:
        return item
    kind = getattr(item, "type", "repeat")
    named = isinstance(item, Layer) and item.name is not None and kind in AUGMENTATIONS
    says = "must have no name" if named else "must be an augmentation"
    expected = f"one of {', '.join(AUGMENTATIONS)}"
    raise Faults([Fault(says, (), expected, received=kind, suggestion=nearest(kind, AUGMENTATIONS))])


Augment = Annotated[
    tuple[SerializeAsAny[Layer], ...],
    BeforeValidator(_read_augment),
    WithJsonSchema({"type": "array", "items": {TABLE: "augmentation"}}),
    Field(description="Layers that change images in training, such as random_flip."),
]
