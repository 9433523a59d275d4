"""Weights that make samples of rare classes count for more."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from piste.pipelines.data.dataset import Data
from piste.pipelines.errors import DataError

ClassWeight = Literal["balanced"] | Mapping[str, float]


def weigh_classes(data: Data, class_weight: ClassWeight) -> Data:
    """Gives every training sample the weight of its class; validation and test stay as they are.

    The loss of a batch is the mean of the samples' losses times their weights, as in Keras's `fit(class_weight=...)`.

    Args:
        data: A classification task.
        class_weight: Weights by the class's name, 1 for a class that is not named; or "balanced", which gives class c
            `n / (k n_c)` by the training samples: n of k classes, n_c of them of class c.

    Returns:
        The data with `train.weight`.

    Raises:
        DataError: A name is none of the classes, or no training sample would count.

    Example:
        >>> from piste.pipelines.data.dataset import Arrays
        >>> part = Arrays(np.zeros((4, 1), np.float32), np.array([0, 0, 0, 1], np.int32))
        >>> data = Data("tiny", "classification", part, None, None, ("common", "rare"), "00")
        >>> weigh_classes(data, "balanced").train.weight * 3
        array([2., 2., 2., 6.], dtype=float32)
        >>> weigh_classes(data, {"rare": 5.0}).train.weight.tolist()
        [1.0, 1.0, 1.0, 5.0]

    References:
        King and Zeng 2001, Logistic Regression in Rare Events Data, Political Analysis 9(2).
    """
    assert data.classes is not None, "the config is refused otherwise"
    weights = _balanced(data) if class_weight == "balanced" else _named(data, class_weight)
    of_samples = weights[data.train.y]
    if not of_samples.any():
        raise DataError(f"Weights must let a training sample of {data.name} count. Received: 0 for all of them.")
    of_samples.flags.writeable = False
    return replace(data, train=replace(data.train, weight=of_samples))


def _balanced(data: Data) -> NDArray[np.float32]:
    counts = np.bincount(data.train.y, minlength=data.outputs)
    there = counts > 0
    weights = np.zeros(len(counts), np.float32)
    weights[there] = len(data.train) / (np.count_nonzero(there) * counts[there])
    return weights


def _named(data: Data, given: Mapping[str, float]) -> NDArray[np.float32]:
    names = list(data.classes or ())
    weights = np.ones(len(names), np.float32)
    for name, weight in given.items():
        if name not in names:
            listed = ", ".join(names[:20]) + (", ..." if len(names) > 20 else "")
            raise DataError(f"Weights must be of classes of {data.name}: {listed}. Received: {name!r}; correct it.")
        weights[names.index(name)] = weight
    return weights
