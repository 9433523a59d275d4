"""Rules about the columns of a table, as far as they show without the file."""

from collections.abc import Iterator
from typing import Any

from piste.pipelines.config.faults import Fault
from piste.pipelines.config.schema.csv import Csv


def table(data: Any) -> Iterator[Fault]:
    """Yields the faults of a `data` section of `source: csv`."""
    if not isinstance(data, Csv):
        return
    targets = (data.target,) if isinstance(data.target, str) else data.target
    if data.task == "classification" and len(targets) > 1:
        says = "must be one column for classification; several are for `task: multilabel` or regression"
        yield Fault(says, ("data", "target"), received=", ".join(targets))
    taken = dict.fromkeys(targets, "target")
    for index, name in enumerate(targets):
        if name in targets[:index]:
            yield Fault("is given twice", ("data", "target", index), received=name)
    for index, name in enumerate(data.ignore):
        if name in taken:
            yield Fault(f"is in `data.{taken[name]}` already", ("data", "ignore", index), received=name)
        taken[name] = "ignore"
    for name in data.columns:
        if name in taken:
            yield Fault(f"has no effect: the column is in `data.{taken[name]}`", ("data", "columns", name), at="key")
    if data.pairs is not None:
        yield Fault("must be null: columns of a table make no pairs", ("data", "pairs"), at="key")
    if data.reconstruct:
        yield Fault("must be false: categories cannot be reconstructed as numbers", ("data", "reconstruct"), at="key")
