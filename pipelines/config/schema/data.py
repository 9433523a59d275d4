"""`data`: where samples come from."""

from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag, WithJsonSchema

from piste.pipelines.config.scalars import read_text
from piste.pipelines.config.schema.common import SCALE_DOC, Common, Scale
from piste.pipelines.config.schema.csv import Csv
from piste.pipelines.config.schema.fields import Natural, OptionalText, ReadBool, ReadFloat, ReadInt, ReadText
from piste.pipelines.config.schema.image_folder import ImageFolder
from piste.pipelines.config.schema.keras_set import KerasSet
from piste.pipelines.config.schema.own import Own
from piste.pipelines.config.schema.tfrecord import Tfrecord
from piste.pipelines.data.register import OWN_SOURCES


class Embedded(Common):
    """The first 10,000 training and 2,000 test images of Fashion-MNIST, which come with Piste."""

    source: Annotated[Literal["embedded"], ReadText, Field(description="Which source.")]
    name: Annotated[Literal["fashion_mnist"], ReadText, Field(description="Which embedded set.")] = "fashion_mnist"
    scale: Annotated[Scale, Field(description=SCALE_DOC)] = "unit"


class Tfds(Common):
    """A data set that TensorFlow Datasets has prepared."""

    source: Annotated[Literal["tfds"], ReadText, Field(description="Which source.")]
    name: Annotated[str, Field(min_length=1, description="Its name in TensorFlow Datasets."), ReadText]
    directory: Annotated[OptionalText, Field(description="TFDS' data folder; null takes its default.")] = None
    train_split: Annotated[str, Field(min_length=1, description="The split to train on."), ReadText] = "train"
    test_split: Annotated[OptionalText, Field(description="The split to test on; null has no test.")] = "test"
    download: Annotated[bool, Field(description="Whether TFDS may download and prepare it."), ReadBool] = False
    scale: Annotated[Scale, Field(description=SCALE_DOC)] = "unit"


class Idx(Common):
    """The four files of MNIST's format, raw or .gz, in one folder."""

    source: Annotated[Literal["idx"], ReadText, Field(description="Which source.")]
    directory: Annotated[str, Field(min_length=1, description="The folder with the four files."), ReadText]
    scale: Annotated[Scale, Field(description=SCALE_DOC)] = "unit"


class Npz(Common):
    """One NumPy .npz file with arrays for training and, if there is one, for the test."""

    source: Annotated[Literal["npz"], ReadText, Field(description="Which source.")]
    path: Annotated[str, Field(min_length=1, description="The file."), ReadText]
    x_train: Annotated[str, Field(description="Name of the training inputs in the file."), ReadText] = "x_train"
    y_train: Annotated[str, Field(description="Name of the training labels or targets."), ReadText] = "y_train"
    x_test: Annotated[OptionalText, Field(description="Name of the test inputs; null has no test.")] = "x_test"
    y_test: Annotated[OptionalText, Field(description="Name of the test labels; null has no test.")] = "y_test"
    task: Annotated[
        Literal["classification", "multilabel", "regression"],
        ReadText,
        Field(description="What is to be predicted; multilabel has a column of 0 and 1 for each label."),
    ] = "classification"
    scale: Annotated[Scale, Field(description=SCALE_DOC)] = "standardize"


class Synthetic(Common):
    """Seeded samples of a known law."""

    source: Annotated[Literal["synthetic"], ReadText, Field(description="Which source.")]
    kind: Annotated[Literal["gaussian_mixture", "circles", "regression"], ReadText, Field(description="Which law.")]
    samples: Annotated[int, Field(ge=1, le=10_000_000, description="Number of training samples."), ReadInt] = 1000
    test_samples: Annotated[int, Field(ge=0, le=10_000_000, description="Number of test samples."), ReadInt] = 200
    features: Annotated[int, Field(ge=1, le=10_000, description="Inputs of a sample."), ReadInt] = 2
    num_classes: Annotated[int, Field(ge=2, le=10_000, description="Classes; circles have two."), ReadInt] = 2
    noise: Annotated[float, Field(ge=0, description="Standard deviation of the noise."), ReadFloat] = 0.1
    seed: Annotated[Natural, Field(description="Of the samples; null takes the config's.")] = None
    scale: Annotated[Scale, Field(description=SCALE_DOC)] = "standardize"


SOURCES: dict[str, type[Common]] = {
    "embedded": Embedded,
    "tfds": Tfds,
    "idx": Idx,
    "npz": Npz,
    "keras": KerasSet,
    "csv": Csv,
    "image_folder": ImageFolder,
    "tfrecord": Tfrecord,
    "synthetic": Synthetic,
}


def sources() -> list[str]:
    """Returns the names of all sources, those registered in this process included."""
    return [*SOURCES, *OWN_SOURCES]


def _choose(value: Any) -> str | None:
    if isinstance(value, Common):
        return type(value).__name__
    try:
        name = read_text(value["source"])
        return Own.__name__ if name in OWN_SOURCES else SOURCES[name].__name__
    except (KeyError, TypeError, ValueError):
        return None


Source = Embedded | Tfds | Idx | Npz | KerasSet | Csv | ImageFolder | Tfrecord | Synthetic | Own
Data = Annotated[
    Annotated[Embedded, Tag("Embedded")]
    | Annotated[Tfds, Tag("Tfds")]
    | Annotated[Idx, Tag("Idx")]
    | Annotated[Npz, Tag("Npz")]
    | Annotated[KerasSet, Tag("KerasSet")]
    | Annotated[Csv, Tag("Csv")]
    | Annotated[ImageFolder, Tag("ImageFolder")]
    | Annotated[Tfrecord, Tag("Tfrecord")]
    | Annotated[Synthetic, Tag("Synthetic")]
    | Annotated[Own, WithJsonSchema({"not": {}}), Tag("Own")],
    Discriminator(_choose),
]
