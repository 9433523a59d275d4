"""Turns what was read from the device into the records that rules and reports work on."""

import math
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from piste.callbacks.memory import Reading

Record = dict[str, Any]
SCHEMA = 1


def make_record(reading: "Reading", epoch: int, activations: Mapping[str, str], idle: Collection[str]) -> Record:
    """Makes the record of one check.

    Args:
        reading: what the device measured.
        epoch: counted from 1.
        activations: path -> name of the activation there.
        idle: paths whose bias does nothing.

    Returns:
        The record, as JSON can hold it: absent means not measured, numbers that are not finite are strings.
    """
    layers: dict[str, dict[str, Any]] = {
        path: {name: value if math.isfinite(value) else str(value) for name, value in figures.items()}
        for path, figures in reading.figures.items()
    }
    whole: Record = {"schema": SCHEMA, "step": reading.step, "epoch": epoch} | layers.pop("")
    if "clipped" in whole:
        whole["clipped"] = bool(whole["clipped"])
    for path, layer in layers.items():
        if (name := activations.get(path.split("#")[0])) is not None:
            layer["activation"] = name
        if path in idle and "bias_rms" in layer:
            layer["bias_idle"] = True
    if reading.skipped is not None:
        whole["skipped"] = reading.skipped
    if reading.clipped is not None:
        whole["clipped_steps"] = reading.clipped
    bad = reading.first_bad
    whole["nonfinite"] = None if bad is None else {"step": bad[0], "layer": bad[1]}
    return whole | {"layers": layers}


def plain_number(value: float) -> float | str:
    """Returns a finite number as it is and any other as a string, because JSON has no word for it.

    Example:
        >>> plain_number(1.5), plain_number(float("inf"))
        (1.5, 'inf')
    """
    return value if math.isfinite(value) else str(value)
