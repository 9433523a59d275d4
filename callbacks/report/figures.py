"""Takes one figure of all layers out of the records, thinned to what a page can hold."""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

from piste.callbacks.report.numbers import Number, compact

Record = Mapping[str, Any]
MOST_CHECKS, FEWEST_CHECKS, MOST_CELLS = 160, 16, 12_000


@dataclasses.dataclass(frozen=True)
class LayerFigure:
    """One figure of every layer that has it, at the checks that are drawn.

    Args:
        paths: the layers, in the order of the check that has most of them.
        steps: the step of every check drawn.
        rows: one row of numbers a layer, one number a check.
        checks: how many checks there were before thinning.
    """

    paths: tuple[str, ...]
    steps: tuple[int, ...]
    rows: tuple[tuple[Number, ...], ...]
    checks: int

    @property
    def thinned(self) -> str:
        """A sentence for the reader when not every check is drawn, else ""."""
        if len(self.steps) == self.checks:
            return ""
        return f" {len(self.steps)} of {self.checks:,} checks are drawn, evenly chosen."


def layer_figure(records: Sequence[Record], figure: str) -> LayerFigure | None:
    """Takes one figure out of the records.

    Args:
        records: oldest first.
        figure: its key in a layer's part of a record.

    Returns:
        The figure, or None where no layer has it.

    Example:
        >>> records = [{"step": 1, "layers": {"a": {"delta_rms": 0.5}, "b": {"delta_rms": "nan"}}}]
        >>> layer_figure(records, "delta_rms")
        LayerFigure(paths=('a', 'b'), steps=(1,), rows=((0.5,), ('nan',)), checks=1)
    """
    having = [record for record in records if any(figure in part for part in record["layers"].values())]
    # Layers may be watched from a later stage of training on, and stand before others then: the fullest check knows.
    watched = [[path for path, part in record["layers"].items() if figure in part] for record in having]
    paths = tuple(dict.fromkeys(path for layers in sorted(watched, key=len, reverse=True) for path in layers))
    if not paths:
        return None
    most = max(FEWEST_CHECKS, min(MOST_CHECKS, MOST_CELLS // len(paths)))
    drawn = [having[index] for index in evenly(len(having), most)]
    rows = tuple(tuple(compact(record["layers"].get(path, {}).get(figure)) for record in drawn) for path in paths)
    return LayerFigure(paths, tuple(int(record["step"]) for record in drawn), rows, len(having))


def evenly(count: int, most: int) -> list[int]:
    """Chooses at most `most` of `count` places evenly, the first and the last among them.

    Example:
        >>> evenly(3, 5), evenly(9, 3)
        ([0, 1, 2], [0, 4, 8])
    """
    if count <= most:
        return list(range(count))
    return [round(place * (count - 1) / (most - 1)) for place in range(most)]
