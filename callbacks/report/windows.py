"""Early, middle and late in a run: medians over a few checks, because one batch is noisy."""

import dataclasses
import statistics
from collections.abc import Mapping, Sequence
from typing import Any

from piste.callbacks.report.numbers import Number, compact, finite

Record = Mapping[str, Any]
CHECKS = 5


@dataclasses.dataclass(frozen=True)
class Window:
    """A few checks in a row.

    Args:
        name: "early", "middle" or "late".
        records: the checks.
    """

    name: str
    records: tuple[Record, ...]

    @property
    def label(self) -> str:
        """The window's name and steps."""
        first, last = self.records[0]["step"], self.records[-1]["step"]
        return f"{self.name}: step {first}" if first == last else f"{self.name}: steps {first} to {last}"

    def median(self, path: str, figure: str) -> Number:
        """Returns the median of a layer's finite numbers, a word if there are only others, None if there are none."""
        values = [record["layers"].get(path, {}).get(figure) for record in self.records]
        numbers = finite(values)
        if numbers:
            return compact(statistics.median(numbers))
        return next((compact(value) for value in values if value is not None), None)


def windows(records: Sequence[Record]) -> list[Window]:
    """Cuts the first, the middle and the last five checks out of a run, fewer where there are fewer.

    Example:
        >>> run = [{"step": step, "layers": {}} for step in range(1, 8)]
        >>> [window.label for window in windows(run)]
        ['early: steps 1 to 2', 'middle: steps 3 to 4', 'late: steps 6 to 7']
    """
    count = len(records)
    if count == 0:
        return []
    size = max(1, min(CHECKS, count // 3))
    middle = (count - size) // 2
    late = Window("late", tuple(records[count - size :]))
    early = [Window("early", tuple(records[:size]))] if count >= 2 else []
    between = [Window("middle", tuple(records[middle : middle + size]))] if count >= 3 else []
    return [*early, *between, late]
