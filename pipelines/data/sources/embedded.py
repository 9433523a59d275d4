"""Reads the data sets inside the package."""

from collections.abc import Sequence
from importlib.resources import files

import numpy as np

from piste.pipelines.data.assemble import assemble
from piste.pipelines.data.dataset import Data
from piste.pipelines.data.embedded.classes import FASHION_MNIST_CLASSES
from piste.pipelines.errors import DataError


def load_embedded(name: str = "fashion_mnist", classes: Sequence[str] | None = None) -> Data:
    """Loads the first 10,000 training and 2,000 test images of Fashion-MNIST: 28 x 28 gray, 10 classes.

    Args:
        name: The data set; there is one so far.
        classes: Names to use in place of the data set's own.

    Returns:
        The data without a validation part.

    Raises:
        DataError: If there is no data set of that name, or `classes` does not fit its labels.

    Example:
        >>> data = load_embedded()
        >>> data.train.x.shape, data.input_dtype, data.classes[int(data.train.y[0])]
        ((10000, 28, 28), 'uint8', 'Ankle boot')

    References:
        Xiao, Rasul and Vollgraf (2017), Fashion-MNIST: a novel image dataset for benchmarking machine
        learning algorithms.
    """
    if name != "fashion_mnist":
        raise DataError(f"embedded data must be 'fashion_mnist'. Received: {name!r}; use source tfds for others.")
    content = files("piste.pipelines.data.embedded").joinpath("fashion_mnist.npz")
    with content.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
        train = arrays["x_train"], arrays["y_train"]
        test = arrays["x_test"], arrays["y_test"]
    names = FASHION_MNIST_CLASSES if classes is None else classes
    return assemble(name, "classification", train, test, where=f"embedded {name}", classes=names)
