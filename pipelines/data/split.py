"""Sets aside a part of the training samples, so that a run can be judged on what it is not fitted to."""

from dataclasses import replace
from typing import Literal

import numpy as np

from piste.pipelines.data.dataset import Arrays, Data
from piste.pipelines.data.order import epoch_order
from piste.pipelines.errors import DataError

From = Literal["start", "end", "random"]
# Random splits must differ from each other and from the order of every epoch under the same seed; pairs take -2 to -4.
NO_EPOCH = -1
NO_EPOCH_OF_TEST = -5


def split_validation(
    data: Data,
    *,
    size: int | None = None,
    fraction: float | None = None,
    from_: From = "end",
    seed: int = 0,
) -> Data:
    """Moves samples from the training part to a validation part.

    A split from the start or the end is a view and copies nothing; a random one keeps the samples' order
    within both parts.

    Args:
        data: What a source returned.
        size: Number of samples to move. Exactly one of `size` and `fraction` is given.
        fraction: Share of the training samples to move, between 0 and 1, rounded to whole samples.
        from_: Which samples move: the first, the last, or drawn by `seed`.
        seed: Decides a random split; unused otherwise.

    Returns:
        The data with its validation part.

    Raises:
        DataError: If either part would be left without samples.

    Example:
        >>> from piste.pipelines.data.sources.synthetic import load_synthetic
        >>> data = split_validation(load_synthetic("circles", samples=10), fraction=0.2)
        >>> len(data.train), len(data.validation)
        (8, 2)
    """
    train, moved = _split(data.train, "validation", size, fraction, from_, seed, NO_EPOCH)
    return replace(data, train=train, validation=moved)


def split_test(
    data: Data,
    *,
    size: int | None = None,
    fraction: float | None = None,
    from_: From = "end",
    seed: int = 0,
) -> Data:
    """Moves samples from the training part to a test part, as `split_validation` does.

    Args:
        data: What a source without a test part returned.
        size: Number of samples to move. Exactly one of `size` and `fraction` is given.
        fraction: Share of the training samples to move, between 0 and 1, rounded to whole samples.
        from_: Which samples move: the first, the last, or drawn by `seed`.
        seed: Decides a random split; other samples are drawn than for validation under the same seed.

    Raises:
        DataError: If either part would be left without samples.
    """
    train, moved = _split(data.train, "test", size, fraction, from_, seed, NO_EPOCH_OF_TEST)
    return replace(data, train=train, test=moved)


def _split(
    train: Arrays, part: str, size: int | None, fraction: float | None, from_: From, seed: int, epoch: int
) -> tuple[Arrays, Arrays]:
    """Returns what is kept and what is moved."""
    n = len(train)
    count = _count(n, part, size, fraction)
    x, y = train.x, train.y
    if from_ == "random":
        if isinstance(x, np.memmap):
            raise DataError(
                f"`{part}.from` must be start or end, as the data is too large for memory, where a random choice"
                " would gather it. Received: random."
            )
        chosen = np.zeros(n, bool)
        chosen[epoch_order(n, seed, epoch)[:count]] = True
        kept, moved = Arrays(x[~chosen], y[~chosen]), Arrays(x[chosen], y[chosen])
        for array in (kept.x, kept.y, moved.x, moved.y):
            array.flags.writeable = False
    elif from_ == "start":
        kept, moved = Arrays(x[count:], y[count:]), Arrays(x[:count], y[:count])
    else:
        kept, moved = Arrays(x[: n - count], y[: n - count]), Arrays(x[n - count :], y[n - count :])
    return kept, moved


def _count(n: int, part: str, size: int | None, fraction: float | None) -> int:
    if (size is None) == (fraction is None):
        raise DataError(
            f"{part} must have exactly one of `size` and `fraction`. Received: {size} and {fraction}; remove one."
        )
    if fraction is not None and not 0 < fraction < 1:
        raise DataError(
            f"`{part}.fraction` must be between 0 and 1. Received: {fraction};"
            f" to hold out nothing write `{part}: null`."
        )
    count = round(n * fraction) if fraction is not None else int(size or 0)
    given = f"size {size}" if fraction is None else f"fraction {fraction}"
    if count < 1:
        raise DataError(
            f"{part} must take at least one of the {n} training samples. Received: {given};"
            f" take more, or write `{part}: null`."
        )
    if count >= n:
        raise DataError(
            f"{part} must leave training samples: there are {n}. Received: {given}, which leaves zero"
            " steps per epoch; take less."
        )
    return count
