"""The kinds of values that sections are made of, typed by the schema and not by YAML."""

from typing import Annotated, Any

from annotated_types import Ge, Gt, Lt
from pydantic import BaseModel, BeforeValidator, ConfigDict

from piste.pipelines.config.scalars import is_null, optional, read_bool, read_float, read_int, read_text


class Section(BaseModel):
    """Base of all sections: frozen, and every unknown key an error."""

    model_config = ConfigDict(
        defer_build=True, frozen=True, extra="forbid", populate_by_name=True, protected_namespaces=()
    )


def _null_to_none(value: Any) -> Any:
    return None if is_null(value) else value


NullToNone = BeforeValidator(_null_to_none)
# In an annotation these come last: constraints before them apply to the value that was read.
ReadInt = BeforeValidator(read_int)
ReadFloat = BeforeValidator(read_float)
ReadBool = BeforeValidator(read_bool)
ReadText = BeforeValidator(read_text)

Natural = Annotated[Annotated[int, Ge(0)] | None, BeforeValidator(optional(read_int))]
Count = Annotated[Annotated[int, Ge(1)] | None, BeforeValidator(optional(read_int))]
Share = Annotated[Annotated[float, Gt(0), Lt(1)] | None, BeforeValidator(optional(read_float))]
Text = Annotated[str, ReadText]
OptionalText = Annotated[str | None, BeforeValidator(optional(read_text))]
