"""Sets aside a part of the training samples, so that a run can be judged on what it is not fitted to."""

from dataclasses import replace
from typing import Literal

import numpy as np

from piste.pipelines.data.dataset import Arrays, Data
from piste.pipelines.data.order import epoch_order
from piste.pipelines.errors import DataError

From = Literal["start", "end", "random"]
NO_EPOCH = -1  # a random split must differ from the order of every epoch under the same seed


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
    n = len(data.train)
    count = _count(n, size, fraction)
    x, y = data.train.x, data.train.y
    if from_ == "random":
        chosen = np.zeros(n, bool)
        chosen[epoch_order(n, seed, NO_EPOCH)[:count]] = True
        kept, moved = Arrays(x[~chosen], y[~chosen]), Arrays(x[chosen], y[chosen])
        for part in (kept.x, kept.y, moved.x, moved.y):
            part.flags.writeable = False
    elif from_ == "start":
        kept, moved = Arrays(x[count:], y[count:]), Arrays(x[:count], y[:count])
    else:
        kept, moved = Arrays(x[: n - count], y[: n - count]), Arrays(x[n - count :], y[n - count :])
    return replace(data, train=kept, validation=moved)


def _count(n: int, size: int | None, fraction: float | None) -> int:
    if (size is None) == (fraction is None):
        raise DataError(
            f"validation must have exactly one of `size` and `fraction`. Received: {size} and {fraction}; remove one."
        )
    if fraction is not None and not 0 < fraction < 1:
        raise DataError(
            f"`validation.fraction` must be between 0 and 1. Received: {fraction};"
            " to validate on nothing write `validation: null`."
        )
    count = round(n * fraction) if fraction is not None else int(size or 0)
    given = f"size {size}" if fraction is None else f"fraction {fraction}"
    if count < 1:
        raise DataError(
            f"validation must take at least one of the {n} training samples. Received: {given};"
            " take more, or write `validation: null`."
        )
    if count >= n:
        raise DataError(
            f"validation must leave training samples: there are {n}. Received: {given}, which leaves zero"
            " steps per epoch; take less."
        )
    return count
