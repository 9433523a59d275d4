"""What a SavedModel of Piste says of itself beside the model, as far as answers depend on it."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, Field, ValidationError

from piste.pipelines.data.images import Fit
from piste.pipelines.data.table import Column
from piste.pipelines.errors import ArtefactError

FILE = "assets.extra/export.json"


class TableFacts(BaseModel):
    """What the columns of a file mean, and what stands between them."""

    columns: tuple[Column, ...]
    missing_values: tuple[str, ...]
    delimiter: Annotated[str, Field(min_length=1, max_length=1)]


class ImageFacts(BaseModel):
    """How images were read for training."""

    interpolation: Literal["nearest", "box", "bilinear", "bicubic", "lanczos"]
    fit: Fit


class ExportFacts(BaseModel):
    """The part of `export.json` that is needed to answer; of other exports nothing is known."""

    task: str | None = None
    classes: list[str] | None = None
    table: TableFacts | None = None
    images: ImageFacts | None = None


def read_export_facts(folder: Path) -> ExportFacts:
    """Reads the facts of a SavedModel.

    Args:
        folder: with `saved_model.pb`.

    Raises:
        ArtefactError: if they are there and damaged.
    """
    file = folder / FILE
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
