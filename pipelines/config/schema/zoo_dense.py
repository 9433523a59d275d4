"""`model` of the zoo's entries that are made of dense layers."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from piste.pipelines.config.faults import Fault, Faults
from piste.pipelines.config.schema.fields import ReadText
from piste.pipelines.config.schema.trunk import (
    BatchNorm,
    Blocks,
    Dropout,
    DropoutBefore,
    Head,
    Normalised,
    Trunk,
    Width,
)


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


class ResidualMlp(Trunk):
    """Residual blocks of two dense layers, and a head."""

    type: Annotated[Literal["residual_mlp"], ReadText, Field(description="Which zoo entry.")]
    blocks: Annotated[Blocks, Field(description="How many residual blocks.")] = 4
    width: Annotated[Width, Field(description="Units between the blocks.")] = 128
    hidden: Annotated[Width, Field(description="Units inside a block.")] = 256
    batch_norm: Normalised = BatchNorm()
    dropout: DropoutBefore = Dropout(rate=0.0)
    head: Head = "softmax"


class WideAndDeep(Trunk):
    """Inputs to output directly and through dense layers, added up."""

    type: Annotated[Literal["wide_and_deep"], ReadText, Field(description="Which zoo entry.")]
    hidden: Annotated[
        tuple[Width, ...], Field(min_length=1, description="Units of the deep part's layers, first to last.")
    ] = (64, 32)
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


class Autoencoder(Trunk):
    """Inputs through a small code to themselves; for `data.reconstruct`."""

    type: Annotated[Literal["autoencoder"], ReadText, Field(description="Which zoo entry.")]
    filters: Annotated[
        tuple[Width, ...], Field(description="Filters of convolutions before the dense layers; each halves the image.")
    ] = ()
    hidden: Annotated[tuple[Width, ...], Field(description="Units of the encoder's dense layers, first to last.")] = (
        300,
        100,
    )
    code: Annotated[Width, Field(description="Units of the code.")] = 32
    end: Annotated[
        Literal["linear", "sigmoid"], ReadText, Field(description="Of the output; sigmoid keeps it between 0 and 1.")
    ] = "linear"
    batch_norm: Normalised = None

    @model_validator(mode="after")
    def _linear_code(self) -> "Autoencoder":
        """Batch normalisation of input or output has no place here: what comes in is to come out."""
        norm = self.batch_norm
        for key in ("input", "output"):
            if norm is not None and getattr(norm, key):
                raise Faults([Fault("must be false: what comes in is to come out", ("batch_norm", key))])
        return self
