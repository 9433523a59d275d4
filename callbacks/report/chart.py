"""What a page knows of one chart: the words around it, the data in it, and the same as a table."""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any, Literal


@dataclasses.dataclass(frozen=True)
class Chart:
    """One chart and its alternative for those who cannot see it.

    Args:
        name: the page's id of it.
        kind: which function of charts.js draws it.
        title: what is drawn.
        note: how to read it.
        label: what it shows in one sentence, for screen readers.
        data: what charts.js needs; JSON can hold it.
        columns: heads of the table.
        rows: cells of the table, as text.
        wide: whether it takes the width of the page.
    """

    name: str
    kind: Literal["lines", "profile", "heat", "units"]
    title: str
    note: str
    label: str
    data: Mapping[str, Any]
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    wide: bool = False


def y_scale(values: Sequence[float]) -> Literal["log", "linear"]:
    """Returns "log" for positive numbers that span more than two decades.

    Example:
        >>> y_scale([1.0, 1000.0]), y_scale([1.0, 10.0]), y_scale([0.0, 1000.0]), y_scale([])
        ('log', 'linear', 'linear', 'linear')
    """
    return "log" if values and min(values) > 0 and max(values) / min(values) > 100 else "linear"
