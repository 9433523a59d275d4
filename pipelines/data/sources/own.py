"""A source that the process registered: a function that returns arrays."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from piste.pipelines.data.assemble import Pair, assemble
from piste.pipelines.data.dataset import Data
from piste.pipelines.data.register import OWN_SOURCES
from piste.pipelines.errors import DataError


def load_own(name: str, arguments: Mapping[str, Any], classes: Sequence[str] | None = None) -> Data:
    """Calls the function and checks what it returns.

    Args:
        name: Under which it was registered.
        arguments: What the config sets.
        classes: Names of the classes by index.

    Returns:
        The data without a validation part.

    Raises:
        DataError: It returns something else than pairs of arrays, or they are not fit for training.
    """
    source = OWN_SOURCES[name]
    loaded = source.load(**arguments)
    if not isinstance(loaded, tuple | list) or len(loaded) != 2:
        raise DataError(
            f"source {name}: its function must return `(x_train, y_train)` or a pair of such pairs, for training and "
            f"test. Received: {type(loaded).__name__}."
        )
    first, second = loaded
    if not isinstance(first, tuple | list):
        return assemble(name, source.task, _pair(loaded), None, where=f"source {name}", classes=classes)
    return assemble(name, source.task, _pair(first), _pair(second), where=f"source {name}", classes=classes)


def _pair(arrays: Any) -> Pair:
    x, y = arrays
    return np.asarray(x), np.asarray(y)
