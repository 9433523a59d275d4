"""`model`: a zoo entry by `type`, or the `layers` themselves."""

from typing import Annotated, Any

from pydantic import BeforeValidator, Discriminator, Field, SerializeAsAny, Tag, WithJsonSchema

from piste.models import zoo
from piste.models.plugins import discover
from piste.pipelines.config.components import TABLE
from piste.pipelines.config.scalars import read_text
from piste.pipelines.config.schema.application import Application
from piste.pipelines.config.schema.fields import Section
from piste.pipelines.config.schema.layers import Layer, Repeat, read_layers
from piste.pipelines.config.schema.own import OwnModel
from piste.pipelines.config.schema.trunk import Trunk
from piste.pipelines.config.schema.zoo_dense import Autoencoder, Mlp, ResidualMlp, Towers, WideAndDeep
from piste.pipelines.config.schema.zoo_images import Cnn, LeNet5, MobileNetV2, ResNet, Vgg, WideResNet


class Free(Trunk):
    """The layers themselves, `activation` standing for the model's choice."""

    layers: Annotated[
        tuple[SerializeAsAny[Layer | Repeat], ...],
        BeforeValidator(read_layers),
        WithJsonSchema({"type": "array", "minItems": 1, "items": {TABLE: "layer_item"}}),
        Field(description="Layers in order: names, maps with `type`, or `{repeat: N, layers: [...]}`."),
    ]


MODELS: dict[str, type[Section]] = {
    "mlp": Mlp,
    "residual_mlp": ResidualMlp,
    "wide_and_deep": WideAndDeep,
    "towers": Towers,
    "cnn": Cnn,
    "lenet5": LeNet5,
    "vgg": Vgg,
    "resnet": ResNet,
    "wide_resnet": WideResNet,
    "mobilenet_v2": MobileNetV2,
    "autoencoder": Autoencoder,
    "application": Application,
}

AnyModel = (
    Mlp
    | ResidualMlp
    | WideAndDeep
    | Towers
    | Cnn
    | LeNet5
    | Vgg
    | ResNet
    | WideResNet
    | MobileNetV2
    | Application
    | Autoencoder
    | Free
    | OwnModel
)


def own_models() -> list[str]:
    """Returns the names of the model types that this process registered, or that installed packages bring."""
    discover()
    return [name for name in zoo.MODELS if name not in MODELS]


def models() -> list[str]:
    """Returns the names of all model types, those of this process and of installed packages included."""
    return [*MODELS, *own_models()]


def _choose(value: Any) -> str | None:
    if isinstance(value, Trunk | Application | OwnModel):
        return type(value).__name__
    try:
        if "type" not in value and "layers" in value:
            return "Free"
        name = read_text(value["type"])
        return MODELS[name].__name__ if name in MODELS else OwnModel.__name__ if name in own_models() else None
    except (KeyError, TypeError, ValueError):
        return None


Model = Annotated[
    Annotated[Mlp, Tag("Mlp")]
    | Annotated[ResidualMlp, Tag("ResidualMlp")]
    | Annotated[WideAndDeep, Tag("WideAndDeep")]
    | Annotated[Towers, Tag("Towers")]
    | Annotated[Cnn, Tag("Cnn")]
    | Annotated[LeNet5, Tag("LeNet5")]
    | Annotated[Vgg, Tag("Vgg")]
    | Annotated[ResNet, Tag("ResNet")]
    | Annotated[WideResNet, Tag("WideResNet")]
    | Annotated[MobileNetV2, Tag("MobileNetV2")]
    | Annotated[Application, Tag("Application")]
    | Annotated[Autoencoder, Tag("Autoencoder")]
    | Annotated[Free, Tag("Free")]
    | Annotated[OwnModel, WithJsonSchema({"not": {}}), Tag("OwnModel")],
    Discriminator(_choose),
]
