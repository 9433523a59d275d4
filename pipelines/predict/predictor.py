"""A trained model that answers, wherever it was opened from."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from piste.pipelines.data.images import Fit


@dataclass(frozen=True, eq=False)
class Answers:
    """What a model says of a batch.

    Args:
        values: (n, C) probabilities or (n, d) predictions; of several passes their mean.
        labels: the name of each sample's most probable class; None for regression.
        std: standard deviations of the values over the passes, divided by their number; None of one pass.
        names: the labels' names where a sample may have several; else None.
    """

    values: NDArray[Any]
    labels: Sequence[str] | None = None
    std: NDArray[Any] | None = None
    names: Sequence[str] | None = None


@dataclass(frozen=True, eq=False)
class Predictor:
    """A model and what it takes.

    Args:
        shape: of one sample.
        dtype: of the inputs, raw.
        answer: from a batch to its answers.
        encode: from a file of raw columns to samples, for a model of a table; None for others.
        interpolation: the filter that resizes images, as in training.
        fit: what becomes of images with other ratios of the sides, as in training.
    """

    shape: tuple[int, ...]
    dtype: str
    answer: Callable[[NDArray[Any]], Answers]
    encode: Callable[[Path], NDArray[Any]] | None = None
    interpolation: str = "bilinear"
    fit: Fit = "stretch"
