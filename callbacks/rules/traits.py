"""What the table of activations says of the activations in a record."""

import functools
import math

from piste.callbacks.records import Record
from piste.models.activations.table import ACTIVATIONS


def centred(name: str) -> bool:
    """Whether an activation flattens on both sides alike, so that it is meant to be used in its middle.

    Example:
        >>> [name for name in ACTIVATIONS if centred(name)]
        ['sigmoid', 'tanh', 'softsign', 'hard_sigmoid']
    """
    # It may be registered in the process that trained, but not in the one that replays.
    return name in ACTIVATIONS and _centred(name)


@functools.cache
def _centred(name: str) -> bool:
    low = ACTIVATIONS[name].facts().low
    return low.left is not None and low.right is not None and math.isclose(-low.left, low.right, rel_tol=0.05)


def activations(record: Record) -> dict[str, str]:
    """Returns path -> name of the activation there, in call order."""
    return {path: part["activation"] for path, part in record["layers"].items() if "activation" in part}


def bounded(record: Record) -> list[tuple[str, float]]:
    """Returns name and largest slope of the centred activations, in call order, without one at a model's end."""
    names = [name for path, name in activations(record).items() if centred(name) and judged(record, path)]
    return [(name, ACTIVATIONS[name].facts().supremum) for name in names]


def judged(record: Record, path: str) -> bool:
    """Whether the activation at a path should be steep.

    A sigmoid at a model's end is flat when the model is sure, which is no fault: a centred activation is judged only
    if a layer with weights is called after it.
    """
    if not centred(record["layers"][path]["activation"]):
        return True
    after = list(record["layers"])[list(record["layers"]).index(path) + 1 :]
    return any({"kernel_rms", "bias_rms", "delta_rms"} & record["layers"][other].keys() for other in after)
