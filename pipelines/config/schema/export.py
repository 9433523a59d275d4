"""`export`: what is made to serve."""

from typing import Annotated, Literal

from pydantic import Field

from piste.pipelines.config.schema.fields import ReadBool, ReadText, Section


class Export(Section):
    """Which formats are written and whether they are tried."""

    formats: Annotated[
        tuple[Annotated[Literal["saved_model", "onnx", "litert", "keras"], ReadText], ...],
        Field(description="Formats to write; an empty list writes none."),
    ] = ("saved_model",)
    verify: Annotated[
        bool, Field(description="Whether every export is loaded and compared, in a clean process."), ReadBool
    ] = True
