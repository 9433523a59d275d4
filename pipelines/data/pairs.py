"""Pairs of samples, and whether both are of one class: a task that needs no more labels than that."""

from dataclasses import replace
from typing import Any

import numpy as np

from piste.pipelines.data.dataset import Arrays, Data
from piste.pipelines.data.order import raw_words
from piste.pipelines.errors import DataError

PAIR_CLASSES = ("different", "same")
_PARTS = ("train", "validation", "test")


def make_pairs(
    data: Data,
    *,
    train: int | None = None,
    validation: int | None = None,
    test: int | None = None,
    seed: int = 0,
) -> Data:
    """Draws pairs within each part: every second one of the same class, the others of two classes.

    Args:
        data: classified samples, split.
        train: pairs to train on; None takes as many as there are samples.
        validation: the same of the validation part.
        test: the same of the test part.
        seed: chooses the pairs, with the part's name.

    Returns:
        Data whose inputs have shape (n, 2, ...) and whose classes are "different" and "same".

    Raises:
        DataError: if a part has less than two classes, or the data has none.

    Example:
        >>> from piste.pipelines.data.sources.synthetic import load_synthetic
        >>> pairs = make_pairs(load_synthetic("circles", samples=10), train=4)
        >>> pairs.train.x.shape, pairs.train.y.tolist(), pairs.classes
        ((4, 2, 2), [1, 0, 1, 0], ('different', 'same'))

    References:
        Bromley et al. 1993, Signature Verification using a "Siamese" Time Delay Neural Network, NIPS 6.
    """
    if data.task != "classification":
        raise DataError(f"`pairs` needs classes to compare. Received: {data.name}, a {data.task} task.")
    counts = {"train": train, "validation": validation, "test": test}
    made: dict[str, Any] = {}
    for number, name in enumerate(_PARTS):
        part = getattr(data, name)
        if part is not None:
            made[name] = _pairs(part, counts[name] or len(part), seed, number, name)
    return replace(data, **made, classes=PAIR_CLASSES)


def _pairs(part: Arrays, count: int, seed: int, number: int, name: str) -> Arrays:
    order = np.argsort(part.y, kind="stable")
    sizes = np.bincount(part.y)
    starts = np.cumsum(sizes) - sizes
    if np.count_nonzero(sizes) < 2:
        raise DataError(f"`pairs` needs samples of two classes in the {name} part. Received: those of one.")
    words = raw_words(2 * count, seed, -2 - number)  # -1 is the random split's, epochs count from 0
    first = words[:count] % np.uint64(len(part))
    label = part.y[first]
    own, rest = sizes[label].astype(np.uint64), (len(part) - sizes[label]).astype(np.uint64)
    same = np.arange(count) % 2 == 0
    draw = words[count:] % np.where(same, own, rest)
    # Places are in the order of classes: its own run of places for the same class, all before and after it otherwise.
    inside = starts[label].astype(np.uint64) + draw
    outside = np.where(draw < starts[label].astype(np.uint64), draw, draw + own)
    second = order[np.where(same, inside, outside)]
    x = np.stack([part.x[first], part.x[second]], axis=1)
    y = same.astype(np.int32)
    x.flags.writeable = y.flags.writeable = False
    return Arrays(x, y)
