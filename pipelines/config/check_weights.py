"""Rules about `training.class_weight`."""

from collections.abc import Iterator
from typing import Any

from piste.pipelines.config.faults import Fault


def weights(training: Any, task: str) -> Iterator[Fault]:
    """Yields a fault where there are no classes to weigh.

    Args:
        training: the section.
        task: what is predicted.
    """
    if training.class_weight is not None and task != "classification":
        says = f"must be null: it weighs samples by their class, and the task is {task}"
        yield Fault(says, ("training", "class_weight"), at="key")
