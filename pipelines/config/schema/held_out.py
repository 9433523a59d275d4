"""Parts that a source splits from its samples at random, because files and rows are often sorted."""

from typing import Annotated, Literal

from pydantic import Field

from piste.pipelines.config.schema.common import Common, Validation
from piste.pipelines.config.schema.fields import NullToNone, ReadText


class Drawn(Validation):
    """A part of the samples that is held out: `size` or `fraction`, one of the two."""

    from_: Annotated[
        Literal["start", "end", "random"],
        ReadText,
        Field(alias="from", description="Which samples: the first, the last, or a seeded choice."),
    ] = "random"


class HoldingOut(Common):
    """What sources of files in no particular order have: random splits, and one for the test."""

    validation: Annotated[
        Drawn | None,
        NullToNone,
        Field(description="What is held out to judge by; null holds out nothing."),
    ] = Drawn(fraction=0.1)
    test: Annotated[
        Drawn | None,
        NullToNone,
        Field(description="What is held out for the test, before validation is; null holds out nothing."),
    ] = None
