"""Rules about `model.type: application`: what does not go with the architecture."""

from collections.abc import Iterator
from typing import Any

from piste.models.applications import APPLICATIONS
from piste.pipelines.config.faults import Fault
from piste.pipelines.config.schema.application import Application


def application(model: Any, data: Any) -> Iterator[Fault]:
    """Yields the faults of an application's arguments.

    Args:
        model: the section; nothing is yielded for other models.
        data: the section, or None where it is not valid.
    """
    if not isinstance(model, Application):
        return
    entry = APPLICATIONS[model.application]
    if model.alpha is not None and not entry.alpha:
        says = f"must be null for {entry.name}: the width multiplier is of the MobileNets"
        yield Fault(says, ("model", "alpha"), received=f"{model.alpha:g}")
    if model.size is not None and min(model.size) < entry.smallest:
        says = f"must be at least {entry.smallest} for {entry.name}"
        index = model.size.index(min(model.size))
        yield Fault(says, ("model", "size", index), received=str(min(model.size)))
    if model.weights is None:
        return
    if entry.preprocessing == "inside":
        says = f"must be null for {entry.name}, of which Keras builds another model around its published weights"
        yield Fault(says, ("model", "weights"), received=model.weights)
    if data is not None and data.scale != "unit":
        says = "needs `data.scale: unit`: trained weights expect images on a scale that is made from 0 to 1"
        yield Fault(says, ("model", "weights"), received=f"`data.scale: {data.scale}`", at="key")
