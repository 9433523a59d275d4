"""The whole config: its sections in the order in which files write them."""

from typing import Annotated, Any

from pydantic import Field, ValidationInfo, field_validator

from piste.pipelines.config.schema.data import Data
from piste.pipelines.config.schema.export import Export
from piste.pipelines.config.schema.fields import ReadInt, Section
from piste.pipelines.config.schema.health import Health, OptionalHealth
from piste.pipelines.config.schema.model import Model
from piste.pipelines.config.schema.runtime import Runtime
from piste.pipelines.config.schema.training import Training


class Settings(Section):
    """Everything that one pipeline needs."""

    seed: Annotated[int, Field(ge=0, le=2**32 - 1, description="Of every draw in the run."), ReadInt] = 42
    data: Annotated[Data, Field(description="Where samples come from, by `source`.")]
    model: Annotated[Model, Field(description="What is trained: by `type`, or the `layers` themselves.")]
    training: Annotated[Training, Field(description="How it is trained.")] = Training()
    health: Annotated[OptionalHealth, Field(description="The monitor of gradients and units; false turns it off.")] = (
        Health()
    )
    runtime: Annotated[Runtime, Field(description="The machine's part.")] = Runtime()
    export: Annotated[Export, Field(description="What is made to serve.")] = Export()

    @field_validator("*", mode="after")
    @classmethod
    def _note(cls, value: Any, info: ValidationInfo) -> Any:
        """Notes each valid section, so that checks across sections run although others are wrong."""
        if info.context is not None:
            info.context[info.field_name] = value
        return value
