"""`model` of the zoo's entries for images."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from piste.pipelines.config.components import Component
from piste.pipelines.config.faults import Fault, Faults
from piste.pipelines.config.schema.fields import ReadFloat, ReadInt, ReadText
from piste.pipelines.config.schema.trunk import (
    Activation,
    Augment,
    BatchNorm,
    Blocks,
    Dropout,
    DropoutBefore,
    Head,
    Normalised,
    Trunk,
    Width,
)

Stages = Annotated[tuple[Blocks, ...], Field(min_length=1, max_length=8, description="Blocks of each stage.")]
Stem = Annotated[
    Literal["cifar", "imagenet"], ReadText, Field(description="How it begins: for small images, or for large ones.")
]


class ImageTrunk(Trunk):
    """What every image model has."""

    batch_norm: Normalised = None
    augment: Augment = ()
    dropout: DropoutBefore = Dropout(rate=0.0)
    head: Head = "softmax"


class Cnn(ImageTrunk):
    """Blocks of convolution, activation and pooling, then dense layers and a head."""

    type: Annotated[Literal["cnn"], ReadText, Field(description="Which zoo entry.")]
    filters: Annotated[
        tuple[Width, ...], Field(min_length=1, description="Filters of the convolutions, first to last.")
    ] = (32, 64)
    kernel_size: Annotated[int, Field(ge=1, le=100, description="Height and width of the kernels."), ReadInt] = 3
    dense: Annotated[tuple[Width, ...], Field(description="Units of the dense layers.")] = (64,)


class LeNet5(ImageTrunk):
    """Two 5 x 5 convolutions with pooling, then dense layers and a head."""

    type: Annotated[Literal["lenet5"], ReadText, Field(description="Which zoo entry.")]
    filters: Annotated[
        tuple[Width, ...], Field(min_length=1, description="Filters of the convolutions, first to last.")
    ] = (6, 16)
    dense: Annotated[tuple[Width, ...], Field(description="Units of the dense layers.")] = (120, 84)
    pooling: Annotated[Literal["max", "average"], ReadText, Field(description="Of each 2 x 2 field.")] = "max"


class Vgg(ImageTrunk):
    """Groups of 3 x 3 convolutions with pooling, then dense layers and a head."""

    type: Annotated[Literal["vgg"], ReadText, Field(description="Which zoo entry.")]
    blocks: Annotated[Stages, Field(description="Convolutions of each group.")] = (2, 2, 2)
    filters: Annotated[Width, Field(description="Of the first group; each group doubles them, up to eightfold.")] = 32
    dense: Annotated[tuple[Width, ...], Field(description="Units of the dense layers.")] = (256,)


class ResNet(ImageTrunk):
    """Residual blocks in stages of twice the width and half the size, and a head."""

    type: Annotated[Literal["resnet"], ReadText, Field(description="Which zoo entry.")]
    blocks: Stages = (3, 3, 3)
    block: Annotated[
        Literal["basic", "bottleneck"], ReadText, Field(description="Of two convolutions, or of three.")
    ] = "basic"
    stem: Stem = "cifar"
    filters: Annotated[Width, Field(description="Of the stem and the first stage.")] = 16
    batch_norm: Normalised = BatchNorm()


class WideResNet(ImageTrunk):
    """Residual blocks that are normalised first, fewer and wider, and a head."""

    type: Annotated[Literal["wide_resnet"], ReadText, Field(description="Which zoo entry.")]
    blocks: Stages = (2, 2, 2)
    widen: Annotated[
        int, Field(ge=1, le=100, description="How many times wider than the stem the first stage is."), ReadInt
    ] = 2
    filters: Annotated[Width, Field(description="Of the stem.")] = 16
    block_dropout: Annotated[
        float, Field(ge=0, lt=1, description="Rate before the second convolution of each block."), ReadFloat
    ] = 0.0
    batch_norm: Normalised = BatchNorm()


class MobileNetV2(ImageTrunk):
    """Inverted residual blocks around depthwise convolutions, and a head."""

    type: Annotated[Literal["mobilenet_v2"], ReadText, Field(description="Which zoo entry.")]
    activation: Annotated[Activation, Field(description="Of every hidden layer.")] = Component(type="relu6")
    blocks: Stages = (1, 2, 3, 4, 3, 3, 1)
    filters: Annotated[tuple[Width, ...], Field(description="Channels of each stage.")] = (16, 24, 32, 64, 96, 160, 320)
    strides: Annotated[
        tuple[Annotated[int, Field(ge=1, le=2), ReadInt], ...],
        Field(description="Of the first block of each stage."),
    ] = (1, 1, 2, 2, 1, 2, 1)
    expansion: Annotated[
        int, Field(ge=1, le=100, description="How many times wider a block is inside, but for the first stage's."),
        ReadInt,
    ] = 6  # fmt: skip
    stem: Stem = "cifar"
    width: Annotated[float, Field(gt=0, le=10, description="Multiplies all channels."), ReadFloat] = 1.0
    batch_norm: Normalised = BatchNorm()

    @model_validator(mode="after")
    def _as_many(self) -> "MobileNetV2":
        """Stages are told by three lists side by side."""
        for key in ("filters", "strides"):
            count, wanted = len(getattr(self, key)), len(self.blocks)
            if count != wanted:
                says = f"must have {wanted} numbers, one a stage, as `blocks` has"
                raise Faults([Fault(says, (key,), received=str(count))])
        return self
