"""Targets that are the inputs themselves, for autoencoders."""

from dataclasses import replace

import numpy as np

from piste.pipelines.data.dataset import Arrays, Data


def reconstruct(data: Data, scale: str) -> Data:
    """Makes the inputs, scaled as the model scales them and flattened, what is to be predicted.

    Args:
        data: samples with any labels, which are dropped.
        scale: "none" or "unit", the range of an integer type to 0..1.

    Returns:
        A regression task with targets of shape (n, inputs of a sample).

    Example:
        >>> from piste.pipelines.data.sources.embedded import load_embedded
        >>> data = reconstruct(load_embedded("fashion_mnist"), "unit")
        >>> data.task, data.outputs, float(data.train.y.max())
        ('regression', 784, 1.0)
    """
    whole = data.train.x.dtype
    factor = 1.0 / np.iinfo(whole).max if scale == "unit" and whole.kind in "ui" else 1.0

    def own(part: Arrays | None) -> Arrays | None:
        if part is None:
            return None
        y = part.x.reshape(len(part), -1).astype(np.float32) * np.float32(factor)
        y.flags.writeable = False
        return Arrays(part.x, y)

    train = own(data.train)
    assert train is not None
    return replace(
        data, task="regression", classes=None, train=train, validation=own(data.validation), test=own(data.test)
    )
