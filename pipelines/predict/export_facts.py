"""What an export of Piste says of itself beside the model, as far as answers depend on it."""

from dataclasses import replace
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, Field, ValidationError

from piste.pipelines.data.images import Fit
from piste.pipelines.data.table import Column, Table
from piste.pipelines.errors import ArtefactError
from piste.pipelines.predict.encoder import encoder
from piste.pipelines.predict.predictor import Predictor


class TableFacts(BaseModel):
    """What the columns of a file mean, and what stands between them."""

    columns: tuple[Column, ...]
    missing_values: tuple[str, ...]
    delimiter: Annotated[str, Field(min_length=1, max_length=1)]


class ImageFacts(BaseModel):
    """How images were read for training."""

    interpolation: Literal["nearest", "box", "bilinear", "bicubic", "lanczos"]
    fit: Fit


class InputFacts(BaseModel):
    """What the model takes; the first dimension, null, is that of the batch."""

    dtype: str
    shape: Annotated[list[Annotated[int, Field(ge=1)] | None], Field(min_length=2)]

    @property
    def sample(self) -> tuple[int, ...]:
        """The shape of one sample."""
        return tuple(size for size in self.shape[1:] if size is not None)


class ExportFacts(BaseModel):
    """The part of `export.json` that is needed to answer; of other exports nothing is known."""

    task: str | None = None
    classes: list[str] | None = None
    table: TableFacts | None = None
    images: ImageFacts | None = None
    input: InputFacts | None = None

    def prepare(self, predictor: Predictor) -> Predictor:
        """Returns the predictor with files read as they were for training."""
        if self.table is not None:
            table = Table(self.table.columns, self.table.missing_values)
            predictor = replace(predictor, encode=encoder(table, self.table.delimiter))
        if self.images is not None:
            predictor = replace(predictor, interpolation=self.images.interpolation, fit=self.images.fit)
        return predictor


def read_export_facts(file: Path) -> ExportFacts:
    """Reads the facts of an export.

    Args:
        file: its `export.json`.

    Raises:
        ArtefactError: if they are there and damaged.
    """
    if not file.is_file():
        return ExportFacts()
    try:
        return ExportFacts.model_validate_json(file.read_bytes())
    except ValidationError as error:
        wrong = error.errors()[0]
        received = ": ".join([*(".".join(map(str, wrong["loc"])) for _ in wrong["loc"][:1]), wrong["msg"]])
    except OSError as error:
        received = error.strerror or str(error)
    raise ArtefactError(f"{file} must be what the export wrote. Received: {received}; export the run again.")
