"""Turns what was read from the device into the records that rules and reports work on."""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from piste.callbacks.memory import Reading

Record = dict[str, Any]
SCHEMA = 1


class UnitWindow:
    """Counts of active units over at least `window` samples, because one batch says nothing about a rare unit.

    Args:
        window: samples that a count must rest on.
    """

    def __init__(self, window: int) -> None:
        self._window = window
        self._counts: dict[str, np.ndarray] = {}
        self._items = 0
        self._before: tuple[dict[str, np.ndarray], int] | None = None

    def add(self, active: Mapping[str, np.ndarray], items: int) -> tuple[dict[str, np.ndarray], int] | None:
        """Adds the counts of one check.

        Args:
            active: path -> samples on which each unit was active, shape (units,).
            items: samples counted.

        Returns:
            path -> active share of each unit and the samples it rests on, once the window and the one before it are
            full; None until then.
        """
        for path, now in active.items():
            self._counts[path] = self._counts.get(path, 0) + now
        self._items += items
        if self._items < self._window or not self._counts:
            return None
        counts, items, before = self._counts, self._items, self._before
        self._before, self._counts, self._items = (counts, items), {}, 0
        if before is None:
            return None
        samples = items + before[1]
        return {path: (counts[path] + before[0][path]) / samples for path in counts}, samples


def make_record(
    reading: Reading,
    epoch: int,
    activations: Mapping[str, str],
    shares: tuple[Mapping[str, np.ndarray], int] | None,
) -> Record:
    """Makes the record of one check.

    Args:
        reading: what the device measured.
        epoch: counted from 1.
        activations: path -> name of the activation there.
        shares: per-unit active shares and the samples they rest on, from `UnitWindow.add`.

    Returns:
        The record, as JSON can hold it: absent means not measured, numbers that are not finite are strings.
    """
    layers: dict[str, dict[str, Any]] = {}
    whole: Record = {"schema": SCHEMA, "step": reading.step, "epoch": epoch}
    for (path, figure), value in reading.figures.items():
        place = layers.setdefault(path, {}) if path else whole
        place[figure] = plain_number(value)
    for path, layer in layers.items():
        if (name := activations.get(path.split("#")[0])) is not None:
            layer["activation"] = name
    if shares is not None:
        for path, share in shares[0].items():
            dead = int(np.count_nonzero(share == 0.0))
            layers[path] |= {"units": len(share), "dead": dead, "samples": shares[1]}
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
