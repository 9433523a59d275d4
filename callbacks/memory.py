"""What an instrument keeps on the device between two reads: running counts, and a row of numbers a check."""

import dataclasses
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import tensorflow as tf

from piste.callbacks.seen import CLIPPED, Key, Seen
from piste.callbacks.units import SAMPLED

RING_ENTRIES = 1 << 22
NEVER = -1


@dataclasses.dataclass(frozen=True)
class Reading:
    """What one check read from the device.

    Args:
        step: optimizer updates done.
        figures: path -> figure -> number, in call order; the path "" is the whole model.
        widths: path -> number of units that are counted there; the arrays hold them in this order.
        active: for every unit the batch items since the check before on which it was active, shape (units,).
        items: batch items since the check before.
        sampled: for every unit what `SAMPLED` names, of the check's own batch, shape (3, units).
        batch: batch items of the check's own step.
        skipped: steps since the check before that the optimizer skipped; None if it skips none.
        clipped: updates since the check before whose gradient the optimizer clipped; None if it clips none.
        first_bad: (step, path or None) where the first number that was not finite was seen, or None.
    """

    step: int
    figures: Mapping[str, dict[str, float]]
    widths: Mapping[str, int]
    active: np.ndarray
    items: int
    sampled: np.ndarray
    batch: int
    skipped: int | None
    clipped: int | None
    first_bad: tuple[int, str | None] | None

    def after(self, steps: int) -> "Reading":
        """Returns the same, counted on from `steps`, those done with an earlier optimizer."""
        if not steps:
            return self
        bad = self.first_bad
        return dataclasses.replace(
            self, step=self.step + steps, first_bad=None if bad is None else (bad[0] + steps, bad[1])
        )


class Memory:
    """Variables on the device, made while the first step is traced and never part of the model.

    Args:
        keys: the figures of a check, in the order of a row.
        order: the layers' paths in call order.
        widths: path -> number of units that are counted there.
        flagged: path -> number of gradient entries that are looked at there for numbers that are not finite.
        step: gradients taken in so far.
        accumulation: gradients that are averaged for one update.
        skips: whether the optimizer may skip a step.
    """

    def __init__(
        self,
        keys: list[Key],
        order: Iterable[str],
        widths: Mapping[str, int],
        flagged: Mapping[str, int],
        step: Any,
        accumulation: int,
        skips: bool,
    ) -> None:
        self.widths = dict(widths)
        self._keys, self._flagged = keys, dict(flagged)
        self._named: dict[str, list[tuple[str, int]]] = {path: [] for path in ("", *order)}
        for place, (path, name) in enumerate(keys):
            self._named[path].append((name, place))
        self._step, self._accumulation, self._skips = step, accumulation, skips
        units = sum(widths.values())
        width = len(keys) + 3 + (1 + len(SAMPLED)) * units
        with tf.init_scope():
            # One row more than there is room for takes what steps that are no checks write.
            self._rows = tf.Variable(tf.zeros((max(4, min(64, RING_ENTRIES // width)) + 1, width)))
            self._steps = tf.Variable(tf.zeros((self._rows.shape[0], 5), "int32"))
            self._filled = tf.Variable(0)
            self._skipped, self._clipped = tf.Variable(0), tf.Variable(0)
            self._items = tf.Variable(0.0)
            self._loss_max = tf.Variable(-np.inf, dtype="float32")
            self._active = tf.Variable(tf.zeros(units))
            self._bad = tf.Variable([NEVER, NEVER])
        self._read_to = 0

    @property
    def capacity(self) -> int:
        """How many checks fit before `read` must empty the memory."""
        return int(self._rows.shape[0]) - 1

    @property
    def measured(self) -> int:
        """How many numbers a check measures."""
        return len(self._keys) + len(SAMPLED) * sum(self.widths.values())

    @property
    def bytes(self) -> int:
        """Bytes of all that grows with layers and units."""
        return (self.capacity + 1) * self.bytes_a_check + 4 * int(self._active.shape[0])

    @property
    def bytes_a_check(self) -> int:
        """Bytes that `read` copies for a check."""
        return 4 * int(self._rows.shape[1] + self._steps.shape[1])

    def count(self, seen: Seen, bad: Any, active: Any, items: Any) -> None:
        """Adds one step, in the graph.

        Args:
            seen: what the taps saw.
            bad: place of the first gradient entry that is not finite, int32 scalar, or -1.
            active: batch items on which each unit was active, float32 of shape (all units,).
            items: number of batch items, float32 scalar.
        """
        self._step.assign_add(1)
        self._skipped.assign_add(seen.skipped)
        if seen.clipped is not None:
            self._clipped.assign_add(seen.clipped)
        self._loss_max.assign(tf.maximum(self._loss_max, seen.loss))
        first = ((bad != NEVER) | ~tf.math.is_finite(seen.loss)) & (self._bad[0] == NEVER)
        self._bad.assign(tf.where(first, tf.stack([self._updates(), bad]), self._bad))
        if self.widths:
            self._active.assign_add(active)
            self._items.assign_add(items)

    def write(self, measured: Any, batch: Any, due: Any = True) -> None:
        """Adds one row in the graph and starts the counts anew.

        Args:
            measured: the figures, then what `SAMPLED` names, float32 of shape (measured,).
            batch: batch items of this step, float32 scalar.
            due: whether the step is a check, bool scalar; else nothing changes.
        """
        counts = [self._items, batch, self._loss_max]
        row = tf.concat([measured, counts, self._active], axis=0)
        steps = tf.concat([[self._updates(), self._skipped, self._clipped], self._bad], axis=0)
        place = _chosen(due, self._filled, self.capacity)[tf.newaxis]
        self._rows.scatter_update(tf.IndexedSlices(row[tf.newaxis], place))
        self._steps.scatter_update(tf.IndexedSlices(steps[tf.newaxis], place))
        self._filled.assign(_chosen(due, (self._filled + 1) % self.capacity, self._filled))
        self._skipped.assign(_chosen(due, 0, self._skipped))
        if CLIPPED in self._keys:
            self._clipped.assign(_chosen(due, 0, self._clipped))
        self._items.assign(_chosen(due, 0.0, self._items))
        self._loss_max.assign(_chosen(due, -np.inf, self._loss_max))
        self._active.assign(_chosen(due, tf.zeros_like(self._active), self._active))

    def _updates(self) -> Any:
        return self._step if self._accumulation == 1 else -(-self._step // self._accumulation)

    def read(self) -> list[Reading]:
        """Copies to the host what was written since the last call."""
        steps = self._steps.numpy()[: self.capacity]
        new = np.flatnonzero(steps[:, 0] > self._read_to)
        if not len(new):
            return []
        places = new[np.argsort(steps[new, 0])]
        self._read_to = int(steps[places[-1], 0])
        rows = self._rows.sparse_read(places).numpy()  # gathered, which takes a sixth of the time of a slice
        return list(map(self._reading, rows, *steps[places].T.tolist()))

    def _reading(
        self, row: np.ndarray, step: int, skipped: int, clipped: int, bad_step: int, bad_place: int
    ) -> Reading:
        keys, measured = len(self._keys), self.measured
        items, batch, loss_max = row[measured : measured + 3].tolist()
        values = row[:keys].tolist()
        figures = {path: {name: values[place] for name, place in named} for path, named in self._named.items() if named}
        figures[""]["loss_max"] = loss_max
        return Reading(
            step=step,
            figures=figures,
            widths=self.widths,
            active=row[measured + 3 :],
            items=int(items),
            sampled=row[keys:measured].reshape(len(SAMPLED), -1),
            batch=int(batch),
            skipped=skipped if self._skips else None,
            clipped=clipped if CLIPPED in self._keys else None,
            first_bad=None if bad_step == NEVER else (bad_step, self._layer_at(bad_place)),
        )

    def _layer_at(self, place: int) -> str | None:
        if place == NEVER:
            return None
        ends = np.cumsum(list(self._flagged.values()))
        return list(self._flagged)[int(np.searchsorted(ends, place, side="right"))]


def _chosen(due: Any, new: Any, old: Any) -> Any:
    return new if due is True else tf.where(due, new, old)
