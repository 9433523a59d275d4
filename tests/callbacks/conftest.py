"""Tiny data, and everything that a training leaves in a model."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from piste.pipelines.data.dataset import Arrays

State = list[tuple[str, np.ndarray]]


def state(model: Any) -> State:
    """Names and values of weights, seeds and moving averages of a model, and of its optimizer's variables."""
    return [(variable.path, np.array(variable)) for variable in [*model.variables, *model.optimizer.variables]]


def changed(before: State, after: State) -> list[str]:
    """The variables that differ in any bit; Keras numbers names anew for every model."""
    pairs = zip(before, after, strict=True)
    return [name for (name, old), (_, new) in pairs if old.tobytes() != new.tobytes()]


@pytest.fixture(scope="session")
def state_of() -> Callable[[Any], State]:
    return state


@pytest.fixture(scope="session")
def changed_bits() -> Callable[[State, State], list[str]]:
    return changed


@pytest.fixture(scope="session")
def vectors() -> Arrays:
    """Twelve numbers a sample, three classes; four batches of 16."""
    random = np.random.default_rng(5)
    return Arrays(random.normal(size=(64, 12)).astype("float32"), random.integers(0, 3, 64).astype("int32"))


@pytest.fixture(scope="session")
def images() -> Arrays:
    """Images of 6 x 6 pixels in three channels, three classes."""
    random = np.random.default_rng(6)
    return Arrays(random.normal(size=(32, 6, 6, 3)).astype("float32"), random.integers(0, 3, 32).astype("int32"))
