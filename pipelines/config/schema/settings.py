"""The whole config: its sections in the order in which files write them."""

from typing import Annotated, Any

from pydantic import BeforeValidator, Field, ValidationInfo, WithJsonSchema, field_validator

from piste.models.suggest import nearest
from piste.pipelines.config.faults import Fault, Faults, describe, read_each
from piste.pipelines.config.lint.names import RULES
from piste.pipelines.config.scalars import read_text
from piste.pipelines.config.schema.data import Data
from piste.pipelines.config.schema.export import Export
from piste.pipelines.config.schema.fields import NullToNone, ReadInt, Section
from piste.pipelines.config.schema.health import Health, OptionalHealth
from piste.pipelines.config.schema.model import Model
from piste.pipelines.config.schema.runtime import Runtime
from piste.pipelines.config.schema.training import Training
from piste.pipelines.config.schema.transfer import Transfer


def _read_rules(value: Any) -> tuple[str, ...]:
    """Reads the names of the linter's rules."""
    if not isinstance(value, list | tuple):
        raise Faults([Fault("must be a list of warnings", received=describe(value))])
    return tuple(read_each(enumerate(value), _read_rule))


def _read_rule(value: Any) -> str:
    name = read_text(value)
    if name not in RULES:
        expected = f"one of {', '.join(RULES)}"
        raise Faults([Fault("is no warning", (), expected, describe(value), nearest(name, RULES))])
    return name


class Settings(Section):
    """Everything that one pipeline needs."""

    seed: Annotated[int, Field(ge=0, le=2**32 - 1, description="Of every draw in the run."), ReadInt] = 42
    data: Annotated[Data, Field(description="Where samples come from, by `source`.")]
    model: Annotated[Model, Field(description="What is trained: by `type`, or the `layers` themselves.")]
    transfer: Annotated[
        Transfer | None, NullToNone, Field(description="Trained weights to start from; null starts from none.")
    ] = None
    training: Annotated[Training, Field(description="How it is trained.")] = Training()
    health: Annotated[OptionalHealth, Field(description="The monitor of gradients and units; false turns it off.")] = (
        Health()
    )
    runtime: Annotated[Runtime, Field(description="The machine's part.")] = Runtime()
    export: Annotated[Export, Field(description="What is made to serve.")] = Export()

    silence: Annotated[
        tuple[str, ...],
        BeforeValidator(_read_rules),
        WithJsonSchema({"type": "array", "items": {"enum": list(RULES)}}),
        Field(description="Warnings of `piste check` that are not to be given."),
    ] = ()

    @field_validator("*", mode="after")
    @classmethod
    def _note(cls, value: Any, info: ValidationInfo) -> Any:
        """Notes each valid section, so that checks across sections run although others are wrong."""
        if info.context is not None:
            info.context[info.field_name] = value
        return value
