"""`health`: the monitor of gradients and units."""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from piste.pipelines.config.faults import Fault, Faults, describe
from piste.pipelines.config.scalars import optional, read_bool, read_text
from piste.pipelines.config.schema.fields import ReadInt, ReadText, Section


class Health(Section):
    """Arguments of HealthMonitor."""

    every: Annotated[int, Field(ge=1, description="Optimizer steps between two checks."), ReadInt] = 50
    window: Annotated[int, Field(ge=1, description="Samples that a unit's active share is taken over."), ReadInt] = 1024
    action: Annotated[Literal["report", "stop"], ReadText, Field(description="What a critical finding leads to.")] = (
        "report"
    )
    probe: Annotated[
        Literal["validation"] | None,
        BeforeValidator(optional(read_text)),
        Field(description="What to measure the activations on in inference too: the validation samples, or nothing."),
    ] = None


def _read(value: Any) -> Any:
    """Reads false (off), true (all defaults) or a map."""
    if value is None or isinstance(value, dict | Health):
        return value
    try:
        return {} if read_bool(value) else None
    except Faults:
        raise Faults([Fault("must be true, false or a map", received=describe(value))]) from None


OptionalHealth = Annotated[
    Health | None,
    BeforeValidator(_read),
]
