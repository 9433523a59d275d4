"""What a recipe is: a small training with a known fault, or with none."""

import dataclasses
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np


@dataclasses.dataclass(frozen=True)
class Setup:
    """A compiled model and what `fit` is given.

    Args:
        model: compiled.
        x: inputs, samples first.
        y: targets.
        batch_size: samples a step.
        epochs: times through the data.
        callbacks: what makes a fault that comes late.
    """

    model: Any
    x: np.ndarray
    y: np.ndarray
    batch_size: int = 32
    epochs: int = 2
    callbacks: Sequence[Any] = ()


Make = Callable[[np.random.Generator], Setup]


@dataclasses.dataclass(frozen=True)
class Recipe:
    """A training and what is known of it.

    Args:
        name: unique in the suite.
        make: makes the training; the generator is for its data.
        expected: rules of which any names the fault, the one it is counted under first; none for a healthy recipe.
        layers: patterns of layer paths of which a right finding names one; none where the fault has no place.
        companions: rules that may speak too, because the fault brings them about.
        onset: step from which the fault is there.
    """

    name: str
    make: Make
    expected: tuple[str, ...] = ()
    layers: tuple[str, ...] = ()
    companions: tuple[str, ...] = ()
    onset: int = 1

    @property
    def healthy(self) -> bool:
        """Whether there is no fault to find."""
        return not self.expected


def faulty(
    *expected: str, layers: tuple[str, ...] = (), companions: tuple[str, ...] = (), onset: int = 1
) -> Callable[[Make], Recipe]:
    """Makes a function a faulty recipe of its own name.

    Example:
        >>> @faulty("DEAD", layers=("dense_*",))
        ... def all_dead(random):
        ...     ...
        >>> all_dead.name, all_dead.expected, all_dead.healthy
        ('all_dead', ('DEAD',), False)
    """
    return lambda make: Recipe(make.__name__, make, expected, layers, companions, onset)


def healthy(make: Make) -> Recipe:
    """Makes a function a healthy recipe of its own name."""
    return Recipe(make.__name__, make)
