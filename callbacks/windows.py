"""Counts over many samples, because one batch says nothing about a rare unit."""

import dataclasses
from collections.abc import Mapping
from typing import Any

import numpy as np

from piste.callbacks.memory import Reading

QUIET_BELOW = 0.025


@dataclasses.dataclass
class Sums:
    """Sums over samples, a number for each unit of all layers.

    Args:
        items: samples in them.
        totals: float64 of shape (..., units).
    """

    items: int = 0
    totals: Any = 0.0

    def add(self, values: np.ndarray, items: int, weight: float = 1.0) -> None:
        """Adds the values of some more samples, times a weight."""
        self.totals = self.totals + weight * values.astype("float64")
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
        self._sampled, self._steepest = Sums(), np.zeros(())

    def add(self, reading: Reading) -> tuple[dict[str, dict[str, Any]], dict[str, dict[str, np.ndarray]]]:
        """Adds one check.

        Args:
            reading: what the device measured.

        Returns:
            path -> figures for the record, and name -> path -> one number a unit: `active` share, mean `size` |h|,
            `positive` share and `steepest` |f'|. Empty as long as no window is full.
        """
        layers = _Layers(reading.widths)
        units: dict[str, dict[str, np.ndarray]] = {}
        if not reading.widths:
            return {}, units
        self._active.add(reading.active, reading.items)
        if self._active.items >= self._window:
            self._count_dead(layers, units)
        self._sampled.add(reading.sampled[:2], reading.batch, reading.batch)
        self._steepest = np.maximum(self._steepest, reading.sampled[2])
        if self._sampled.items >= self._window:
            self._describe(layers, units)
        return layers.figures, units

    def _count_dead(self, layers: "_Layers", units: dict[str, dict[str, np.ndarray]]) -> None:
        now, before = self._active, self._before
        self._before, self._active = now, Sums()
        if not before.items:
            return
        samples = now.items + before.items
        share = (now.totals + before.totals) / samples
        units["active"] = layers.split(share)
        layers.note(dead=layers.count(share == 0.0), samples=samples)

    def _describe(self, layers: "_Layers", units: dict[str, dict[str, np.ndarray]]) -> None:
        size, positive = self._sampled.totals / self._sampled.items
        layers.note(
            quiet=layers.count(size <= QUIET_BELOW * layers.means(size)),
            one_sided=layers.count(np.isin(np.round(positive, 9), (0.0, 1.0))),
            sampled=self._sampled.items,
        )
        for name, values in (("size", size), ("positive", positive), ("steepest", self._steepest)):
            units[name] = layers.split(values)
        self._sampled, self._steepest = Sums(), np.zeros(())


class _Layers:
    """Works on the units of all layers at once, which lie end to end."""

    def __init__(self, widths: Mapping[str, int]) -> None:
        self.figures: dict[str, dict[str, Any]] = {}
        self._widths = widths
        self._sizes = np.fromiter(widths.values(), int, len(widths))
        self._ends = np.cumsum(self._sizes)

    def split(self, values: np.ndarray) -> dict[str, np.ndarray]:
        ends = zip(self._widths.items(), self._ends.tolist(), strict=True)
        return {path: values[end - width : end] for (path, width), end in ends}

    def count(self, which: np.ndarray) -> np.ndarray:
        return np.add.reduceat(which, self._ends - self._sizes, dtype=int)

    def means(self, values: np.ndarray) -> np.ndarray:
        return np.repeat(np.add.reduceat(values, self._ends - self._sizes) / self._sizes, self._sizes)

    def note(self, **figures: Any) -> None:
        """Adds figures for the record, a number for all layers or one for each."""
        each = {name: np.broadcast_to(value, self._sizes.shape).tolist() for name, value in figures.items()}
        for path, width, *values in zip(self._widths, self._sizes.tolist(), *each.values(), strict=True):
            self.figures.setdefault(path, {"units": width}).update(zip(each, values, strict=True))
