"""The error signal by depth, and one number for it."""

import itertools
import math
from collections.abc import Mapping
from typing import Any

from piste.callbacks.records import Record
from piste.callbacks.rules.history import number


def depth_profile(record: Record) -> dict[str, float]:
    """Returns path -> root mean square of the error signal, in call order, where it is finite.

    That is the loss's derivative by the pre-activations (delta). Where fewer than two layers have one, the gradients
    of the biases stand in; biases that the next layer cancels hold rounding noise only and are left out. Layers before
    the first trained one are left out too: nothing there is meant to learn.

    Example:
        >>> depth_profile({"layers": {"a": {"delta_rms": 1e-3}, "b": {}, "c": {"delta_rms": 1.0}}})
        {'a': 0.001, 'c': 1.0}
        >>> depth_profile({"layers": {"rnn": {"bias_rms": 1e-2}, "head": {"bias_rms": 0.5, "delta_rms": 1.0}}})
        {'rnn': 0.01, 'head': 0.5}
    """
    parts = [(path, part) for path, part in _trained(record) if "delta_rms" in part]
    if len(parts) < 2:
        return bias_profile(record)
    return {path: value for path, part in parts if (value := number(part, "delta_rms")) is not None}


def bias_profile(record: Record) -> dict[str, float]:
    """Returns the same of the biases' gradients alone, which are deltas summed over batch and positions.

    Example:
        >>> bias_profile({"layers": {"a": {"bias_rms": 1e-8, "bias_idle": True}, "b": {"bias_rms": 1e-2}}})
        {'b': 0.01}
    """
    parts = [(path, part) for path, part in _trained(record) if not part.get("bias_idle")]
    return {path: value for path, part in parts if (value := number(part, "bias_rms")) is not None}


def _trained(record: Record) -> list[tuple[str, dict[str, Any]]]:
    parts = list(record["layers"].items())
    first = next((place for place, (_, part) in enumerate(parts) if "kernel_rms" in part or "bias_rms" in part), 0)
    return parts[first:]


def depth_score(profile: Mapping[str, float]) -> float | None:
    """Returns `log10(first / last)` of a profile: below 0 the signal shrinks on its way back, above 0 it grows.

    Layers at the front where it is exactly 0 are passed over: either they are cut off, which NO_GRADIENT says, or
    the signal has become smaller than a number can be, and then what is left of it shows the fall.

    Returns:
        The score, or None where there are no two layers to compare.

    Example:
        >>> round(depth_score({"a": 1e-3, "b": 0.1, "c": 1.0}), 6)
        -3.0
        >>> depth_score({"a": 0.0, "b": 1.0}) is None
        True
    """
    values = list(profile.values())
    while values and values[0] == 0:
        values.pop(0)
    if len(values) < 2 or values[-1] == 0:
        return None
    return math.log10(values[0] / values[-1])


def steepest(profile: Mapping[str, float]) -> tuple[str, str, float]:
    """Returns the neighbours between which a signal that grows grows most, or one that shrinks shrinks most.

    Args:
        profile: at least two layers with a signal.

    Returns:
        The layer nearer to the input, the one nearer to the output, and the decades on the way back between them.

    Example:
        >>> steepest({"a": 1e-3, "b": 0.1, "c": 1.0})
        ('a', 'b', -2.0)
    """
    live = [(path, value) for path, value in profile.items() if value > 0]
    grows = live[0][1] > live[-1][1]
    changes = [(near, far, math.log10(x / y)) for (near, x), (far, y) in itertools.pairwise(live)]
    return max(changes, key=lambda change: change[2] if grows else -change[2])
