"""Tiny data, and everything that a training leaves in a model."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from piste.pipelines.data.dataset import Arrays


def state(model: Any) -> dict[str, np.ndarray]:
    """Weights, seeds and moving averages of a model, and the variables of its optimizer."""
    variables = [*model.variables, *model.optimizer.variables]
    return {f"{place} {variable.name}": np.array(variable) for place, variable in enumerate(variables)}


def changed(before: dict[str, np.ndarray], after: dict[str, np.ndarray]) -> list[str]:
    """The variables that differ in any bit."""
    assert before.keys() == after.keys()
    return [path for path, value in before.items() if value.tobytes() != after[path].tobytes()]


@pytest.fixture(scope="session")
def state_of() -> Callable[[Any], dict[str, np.ndarray]]:
    return state


@pytest.fixture(scope="session")
def changed_bits() -> Callable[[dict[str, np.ndarray], dict[str, np.ndarray]], list[str]]:
    return changed


@pytest.fixture(scope="session")
def vectors() -> Arrays:
    """Twelve numbers a sample, three classes; the last batch of 16 is not full."""
    random = np.random.default_rng(5)
    return Arrays(random.normal(size=(72, 12)).astype("float32"), random.integers(0, 3, 72).astype("int32"))


@pytest.fixture(scope="session")
def images() -> Arrays:
    """Images of 6 x 6 pixels in three channels, three classes."""
    random = np.random.default_rng(6)
    return Arrays(random.normal(size=(40, 6, 6, 3)).astype("float32"), random.integers(0, 3, 40).astype("int32"))
