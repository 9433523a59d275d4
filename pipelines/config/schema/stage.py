"""`training.stages`: one part of a training that changes what is trained, or how, on the way."""

from typing import Annotated

from annotated_types import MinLen
from pydantic import Field

from piste.pipelines.config.components import Component, documented, optional_component
from piste.pipelines.config.schema.early_stopping import EarlyStopping
from piste.pipelines.config.schema.fields import NullToNone, ReadBool, ReadInt, Section, Text


class Stage(Section):
    """One stage: its own epochs and optimizer state; what it leaves out is as `training` says."""

    epochs: Annotated[int, Field(ge=1, le=1_000_000, description="Passes over the training samples."), ReadInt]
    freeze: Annotated[
        tuple[Annotated[Text, MinLen(1)], ...],
        Field(description="Layers that are not trained, by name or pattern as in dense_*."),
    ] = ()
    cache_frozen: Annotated[
        bool,
        Field(description="Whether the frozen layers before the first trained one run once, and not every epoch."),
        ReadBool,
    ] = False
    optimizer: Annotated[
        Component | None,
        optional_component("optimizers"),
        documented("optimizers", nullable=True),
        Field(description="Null takes `training.optimizer`."),
    ] = None
    schedule: Annotated[
        Component | None,
        optional_component("schedules"),
        documented("schedules", nullable=True),
        Field(description="Null takes `training.schedule`; `constant` is none."),
    ] = None
    early_stopping: Annotated[
        EarlyStopping | None, NullToNone, Field(description="Null takes `training.early_stopping`.")
    ] = None
