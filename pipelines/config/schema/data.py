"""`data`: where samples come from, how they are split, scaled and batched."""

from typing import Annotated, Any, Literal

from annotated_types import MinLen
from pydantic import Discriminator, Field, Tag

from piste.pipelines.config.scalars import read_text
from piste.pipelines.config.schema.fields import (
    Count,
    Natural,
    NullToNone,
    OptionalText,
    ReadBool,
    ReadFloat,
    ReadInt,
    ReadText,
    Section,
    Share,
    Text,
)

Scale = Annotated[Literal["none", "unit", "standardize"], ReadText]
SCALE_DOC = "What the model's first layer does: nothing, integer range to 0..1, or zero mean and unit variance."


class Validation(Section):
    """The part of the training samples that is held out to judge by: `size` or `fraction`, one of the two."""

    size: Annotated[Count, Field(description="Number of samples held out.")] = None
    fraction: Annotated[Share, Field(description="Share of the samples held out.")] = None
    from_: Annotated[
        Literal["start", "end", "random"],
        ReadText,
        Field(alias="from", description="Which samples: the first, the last, or a seeded choice."),
    ] = "end"
    seed: Annotated[Natural, Field(description="Of the random choice; null takes the config's.")] = None


class Common(Section):
    """What every source has."""

    classes: Annotated[
        Annotated[tuple[Text, ...], MinLen(2)] | None,
        NullToNone,
        Field(description="Names of the classes by index."),
    ] = None
    validation: Annotated[
        Validation | None,
        NullToNone,
        Field(description="What is held out to judge by; null holds out nothing."),
    ] = Validation(fraction=0.1)
    batch_size: Annotated[int, Field(ge=1, description="Samples in a training step."), ReadInt] = 32
    shuffle: Annotated[bool, Field(description="Whether every epoch has its own seeded order."), ReadBool] = True


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
        Literal["classification", "regression"], ReadText, Field(description="What is to be predicted.")
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
    "synthetic": Synthetic,
}


def _choose(value: Any) -> str | None:
    if isinstance(value, Common):
        return type(value).__name__
    try:
        return SOURCES[read_text(value["source"])].__name__
    except (KeyError, TypeError, ValueError):
        return None


Data = Annotated[
    Annotated[Embedded, Tag("Embedded")]
    | Annotated[Tfds, Tag("Tfds")]
    | Annotated[Idx, Tag("Idx")]
    | Annotated[Npz, Tag("Npz")]
    | Annotated[Synthetic, Tag("Synthetic")],
    Discriminator(_choose),
]
