"""Source `npz`: one .npz file with inputs and answers under names of one's own."""

from collections.abc import Sequence
from pathlib import Path

from piste.pipelines.data.assemble import assemble
from piste.pipelines.data.dataset import Data, Task
from piste.pipelines.data.npz import read_npz
from piste.pipelines.errors import DataError

DEFAULT_TEST = ("x_test", "y_test")


def load_npz(
    path: Path,
    *,
    x_train: str = "x_train",
    y_train: str = "y_train",
    x_test: str | None = "x_test",
    y_test: str | None = "y_test",
    task: Task = "classification",
    classes: Sequence[str] | None = None,
) -> Data:
    """Loads arrays from an .npz file; without arrays named "x_test" and "y_test" there is no test part.

    Args:
        path: The file.
        x_train: Name of the training inputs, an array `(n, ...)`.
        y_train: Name of the training labels `(n,)`, or targets `(n,)` or `(n, d)`.
        x_test: Name of the test inputs; None for no test part.
        y_test: Name of the test labels or targets; None for no test part.
        task: What is predicted.
        classes: Names of the classes by index.

    Returns:
        The data without a validation part, named after the file.

    Raises:
        DataError: If the file cannot be read, lacks an array, or holds what no model can be trained on.
        UntrustedError: If an array holds Python objects.

    Example:
        >>> import tempfile, numpy as np
        >>> path = Path(tempfile.mkdtemp()) / "xor.npz"
        >>> np.savez(path, x_train=np.eye(2, dtype="uint8"), y_train=np.array([0, 1]))
        >>> data = load_npz(path)
        >>> data.name, data.input_dtype, data.test
        ('xor', 'uint8', None)
    """
    test = () if x_test is None or y_test is None else (x_test, y_test)
    optional = test if test == DEFAULT_TEST else ()
    arrays = read_npz(path, (x_train, y_train) if optional else (x_train, y_train, *test), optional)
    found = [name for name in test if name in arrays]
    if len(found) == 1:
        raise DataError(f"{path}: expected both {x_test!r} and {y_test!r}, or neither. There is only {found[0]!r}.")
    train = arrays[x_train], arrays[y_train]
    held_out = (arrays[found[0]], arrays[found[1]]) if found else None
    return assemble(path.stem, task, train, held_out, where=str(path), classes=classes)
