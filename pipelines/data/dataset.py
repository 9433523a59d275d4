"""The value that every source returns and every later stage takes."""

from dataclasses import dataclass
from typing import Any, Literal

from numpy.typing import NDArray

Task = Literal["classification", "regression"]
LARGEST = 4 * 2**30  # bytes that a file may ask to be unpacked to


@dataclass(frozen=True, eq=False)
class Arrays:
    """Samples and what is to be predicted from them, as they are stored: pixels stay uint8.

    Attributes:
        x: Inputs, one row a sample: `(n, ...)`.
        y: Class indices `(n,)` int32, or targets `(n, d)` float32.
    """

    x: NDArray[Any]
    y: NDArray[Any]

    def __len__(self) -> int:
        return len(self.x)


@dataclass(frozen=True, eq=False)
class Data:
    """One data set, ready to train on.

    Attributes:
        name: What reports call it.
        task: What is predicted: one of several classes, or real numbers.
        train: What the weights are fitted to.
        validation: What the run is judged by while it trains; None when switched off.
        test: What nothing is fitted or chosen by; None when the source has none.
        classes: Names of the classes by index; None for regression.
        fingerprint: SHA-256 (hex) of names, shapes, dtypes and bytes as read, before the split.

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
        """Number of classes, or width of a regression target."""
        return int(self.train.y.shape[1]) if self.classes is None else len(self.classes)
