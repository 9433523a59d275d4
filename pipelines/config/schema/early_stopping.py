"""`early_stopping`: when training ends before its last epoch."""

from typing import Annotated, Literal

from pydantic import Field

from piste.pipelines.config.schema.fields import ReadBool, ReadFloat, ReadInt, ReadText, Section


class EarlyStopping(Section):
    """Ends training when a figure has stopped improving."""

    monitor: Annotated[str, Field(min_length=1, description="Which figure of an epoch."), ReadText] = "val_loss"
    patience: Annotated[int, Field(ge=0, description="Epochs without improvement that are borne."), ReadInt] = 5
    min_delta: Annotated[float, Field(ge=0, description="Smaller changes are no improvement."), ReadFloat] = 0.0
    mode: Annotated[Literal["auto", "min", "max"], ReadText, Field(description="Whether less or more is better.")] = (
        "auto"
    )
    restore_best_weights: Annotated[
        bool, Field(description="Whether the weights of the best epoch are kept."), ReadBool
    ] = True
