"""One's own sources: registered once, then known to the configs of this process."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from piste.models.suggest import did_you_mean

if TYPE_CHECKING:
    from piste.pipelines.data.dataset import Task


@dataclass(frozen=True)
class OwnSource:
    """A function that loads arrays, and what they are for."""

    load: Callable[..., Any]
    task: "Task"
    summary: str


TASKS = ("classification", "multilabel", "regression")
_BY_NAME: dict[str, OwnSource] = {}

OWN_SOURCES: Mapping[str, OwnSource] = MappingProxyType(_BY_NAME)
"""What `register_source` added, by name."""


def register_source(name: str, load: Callable[..., Any], *, task: "Task" = "classification", summary: str = "") -> None:
    """Lets configs of this process say `data: {source: NAME, ...}`.

    Args:
        name: The config's `source`: lower case letters, digits and underscores.
        load: Returns `(x_train, y_train)`, or `((x_train, y_train), (x_test, y_test))`: inputs (n, ...) and labels
            (n,), several labels (n, k), or targets (n, d). Its arguments are what a config may set beside the keys of
            every source.
        task: "classification", "multilabel" or "regression".
        summary: One line for `piste list sources`.

    Raises:
        ValueError: The name is taken or not in snake case, or the task is unknown.
        TypeError: `load` cannot be called.

    Example: see docs/data.md, "One's own".
    """
    from piste.pipelines.config.schema.data import SOURCES

    if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        raise ValueError(f"A source's name must be in snake case. Received: `{name}`.")
    if name in SOURCES or name in OWN_SOURCES:
        raise ValueError(f"The source `{name}` is taken. Choose another name.")
    if not callable(load):
        raise TypeError(f"`load` must be a function. Received: {load!r}.")
    if task not in TASKS:
        hint = did_you_mean(task, TASKS)
        raise ValueError(f"`task` must be classification, multilabel or regression. Received: `{task}`.{hint}")
    _BY_NAME[name] = OwnSource(load, task, summary)
