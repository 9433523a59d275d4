"""Counts over many samples, because one batch says nothing about a rare unit."""

import dataclasses
from collections.abc import Mapping
from typing import Any

import numpy as np

from piste.callbacks.memory import Reading

Units = Mapping[str, np.ndarray]
QUIET_BELOW = 0.025


@dataclasses.dataclass
class Sums:
    """Sums over samples, path -> one number a unit.

    Args:
        items: samples in them.
        totals: path -> shape (units,).
    """

    items: int = 0
    totals: dict[str, np.ndarray] = dataclasses.field(default_factory=dict)

    def add(self, values: Units, items: int, weight: float = 1.0) -> None:
        """Adds the values of some more samples, times a weight."""
        for path, now in values.items():
            self.totals[path] = self.totals.get(path, 0) + weight * now.astype("float64")
        self.items += items


class UnitWindows:
    """Per-unit figures over windows of at least so many samples.

    Active units are counted at every step, over two windows in a row; what checks sample of every unit fills windows of
    its own, more slowly.

    Args:
        window: samples that a figure must rest on.
    """

    def __init__(self, window: int) -> None:
        self._window = window
        self._active, self._before = Sums(), Sums()
        self._sampled: dict[str, Sums] = {"size": Sums(), "positive": Sums()}
        self._steepest: dict[str, np.ndarray] = {}

    def add(self, reading: Reading) -> tuple[dict[str, dict[str, Any]], dict[str, dict[str, np.ndarray]]]:
        """Adds one check.

        Args:
            reading: what the device measured.

        Returns:
            path -> figures for the record, and name -> path -> one number a unit: `active` share, mean `size` |h|,
            `positive` share and `steepest` |f'|. Empty as long as no window is full.
        """
        figures: dict[str, dict[str, Any]] = {}
        units: dict[str, dict[str, np.ndarray]] = {}
        self._active.add(reading.active, reading.items)
        if self._active.totals and self._active.items >= self._window:
            self._count_dead(figures, units)
        for name, sums in self._sampled.items():
            sums.add(reading.sampled[name], reading.batch, reading.batch)
        for path, now in reading.sampled["steepest"].items():
            self._steepest[path] = np.maximum(self._steepest.get(path, 0.0), now)
        if self._steepest and self._sampled["size"].items >= self._window:
            self._describe(figures, units)
        return figures, units

    def _count_dead(self, figures: dict[str, dict[str, Any]], units: dict[str, dict[str, np.ndarray]]) -> None:
        now, before = self._active, self._before
        self._before, self._active = now, Sums()
        if not before.items:
            return
        samples = now.items + before.items
        units["active"] = {path: (now.totals[path] + before.totals[path]) / samples for path in now.totals}
        for path, share in units["active"].items():
            counts = {"units": len(share), "dead": int(np.count_nonzero(share == 0.0)), "samples": samples}
            figures.setdefault(path, {}).update(counts)

    def _describe(self, figures: dict[str, dict[str, Any]], units: dict[str, dict[str, np.ndarray]]) -> None:
        means = {
            name: {path: total / sums.items for path, total in sums.totals.items()}
            for name, sums in self._sampled.items()
        }
        for path, size in means["size"].items():
            one_sided = np.isin(np.round(means["positive"][path], 9), (0.0, 1.0))
            counts = {
                "units": len(size),
                "quiet": int(np.count_nonzero(size <= QUIET_BELOW * size.mean())),
                "one_sided": int(np.count_nonzero(one_sided)),
                "sampled": self._sampled["size"].items,
            }
            figures.setdefault(path, {}).update(counts)
        units |= {**means, "steepest": self._steepest}
        self._sampled, self._steepest = {"size": Sums(), "positive": Sums()}, {}
