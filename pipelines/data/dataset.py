"""The value that every source returns and every later stage takes."""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from piste.pipelines.data.table import Table

Task = Literal["classification", "multilabel", "regression"]
LARGEST = 4 * 2**30  # bytes that a file may ask to be unpacked to


@dataclass(frozen=True, eq=False)
class Arrays:
    """Samples and what is to be predicted from them, as they are stored: pixels stay uint8.

    Attributes:
        x: Inputs, one row a sample: `(n, ...)`.
        y: Class indices `(n,)` int32; of several labels a sample 0 or 1 each, `(n, k)` float32; or targets `(n, d)`
            float32.
        weight: How much each sample's loss counts, `(n,)` float32; None where all count alike.
    """

    x: NDArray[Any]
    y: NDArray[Any]
    weight: NDArray[np.float32] | None = None

    def __len__(self) -> int:
        return len(self.x)

    @property
    def parts(self) -> tuple[NDArray[Any], ...]:
        """What a train step takes of each sample: input, answer and, where there are weights, its weight."""
        return (self.x, self.y) if self.weight is None else (self.x, self.y, self.weight)


@dataclass(frozen=True, eq=False)
class Data:
    """One data set, ready to train on.

    Attributes:
        name: What reports call it.
        task: What is predicted: one of several classes, which labels hold, or real numbers.
        train: What the weights are fitted to.
        validation: What the run is judged by while it trains; None when switched off.
        test: What nothing is fitted or chosen by; None when the source has none.
        classes: Names of the classes or labels by index; None for regression.
        fingerprint: SHA-256 (hex) of names, shapes, dtypes and bytes as read, before the split.
        table: What the columns of x mean when they were columns of a table.

    Example:
        >>> import numpy as np
        >>> part = Arrays(np.zeros((4, 28, 28), np.uint8), np.array([0, 1, 1, 0], np.int32))
        >>> data = Data("tiny", "classification", part, None, None, ("cat", "dog"), "00" * 32)
        >>> data.input_shape, data.input_dtype, data.outputs, len(data.train)
        ((28, 28), 'uint8', 2, 4)
    """

    name: str
    task: Task
    train: Arrays
    validation: Arrays | None
    test: Arrays | None
    classes: tuple[str, ...] | None
    fingerprint: str
    table: Table | None = None

    @property
    def input_shape(self) -> tuple[int, ...]:
        """Shape of one sample."""
        return self.train.x.shape[1:]

    @property
    def input_dtype(self) -> str:
        """NumPy's name of the type the inputs are stored in."""
        return str(self.train.x.dtype)

    @property
    def outputs(self) -> int:
        """Number of classes or labels, or width of a regression target."""
        return int(self.train.y.shape[1]) if self.classes is None else len(self.classes)
