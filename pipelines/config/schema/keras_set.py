"""`data` of `source: keras`."""

from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from piste.pipelines.config.scalars import read_text
from piste.pipelines.config.schema.common import SCALE_DOC, Common, Scale
from piste.pipelines.config.schema.fields import ReadBool, ReadText

OF_NUMBERS = ("california_housing",)


class KerasSet(Common):
    """A data set that Keras brings: images of four sets, or house prices."""

    source: Annotated[Literal["keras"], ReadText, Field(description="Which source.")]
    name: Annotated[
        Literal["mnist", "fashion_mnist", "cifar10", "cifar100", "california_housing"],
        ReadText,
        Field(description="Its name in keras.datasets."),
    ]
    download: Annotated[bool, Field(description="Whether Keras may download it."), ReadBool] = False
    scale: Annotated[Scale, Field(description=f"{SCALE_DOC} Of house prices the default is standardize.")] = "unit"

    @property
    def task(self) -> Literal["classification", "regression"]:
        """What its labels are for."""
        return "regression" if self.name in OF_NUMBERS else "classification"

    @model_validator(mode="before")
    @classmethod
    def _scale(cls, value: Any) -> Any:
        if isinstance(value, dict) and "scale" not in value and "name" in value:
            try:
                houses = read_text(value["name"]) in OF_NUMBERS
            except ValueError:
                return value
            return {**value, "scale": "standardize"} if houses else value
        return value
