"""When a layer's units died, and which came back."""

import dataclasses
import math
import operator
from collections.abc import Sequence

from piste.callbacks.records import Record
from piste.callbacks.rules.history import number, numbers

SPIKE = 2.0  # a loss above this multiple of the one before is a spike
GLANCES = 64  # counts that are looked at first, so that a long run is not read as a whole at every check


@dataclasses.dataclass(frozen=True)
class Life:
    """The dead units of one layer over all counts.

    Args:
        at_first: how many were dead at the first count.
        died_step: the step of the count at which most had died, None where none did.
        revived: how many fewer are dead than at the worst count.
        spike: the loss before they died and the largest by then, where that is a spike.
    """

    at_first: int
    died_step: int | None
    revived: int
    spike: tuple[float, float] | None

    def evidence(self) -> dict[str, float]:
        """Returns what happened as numbers of a finding."""
        happened = {"died_step": self.died_step, "revived": self.revived or None}
        return {name: float(value) for name, value in happened.items() if value is not None}


def life(records: Sequence[Record], places: Sequence[int], path: str, counted: str = "dead") -> Life:
    """Follows one layer through the counts of its dead units.

    Of a long run every n-th count is compared with the next, and between the two that differ most all are.

    Args:
        records: oldest first.
        places: of the records with counts, at least one.
        path: of the layer.
        counted: the figure that counts its dead units.

    Example:
        >>> dead = {50: 2, 100: 9, 150: 7}
        >>> records = [{"step": step, "loss": 1.0, "layers": {"act": {"dead": dead[step]}}} for step in dead]
        >>> life(records, [0, 1, 2], "act")
        Life(at_first=2, died_step=100, revived=2, spike=None)
    """

    def dead(some: Sequence[int]) -> list[int]:
        return [records[place]["layers"][path][counted] for place in some]

    apart = math.ceil(len(places) / GLANCES)
    glances = [*places[:-1:apart], places[-1]]
    counts = dead(glances)
    revived = max(counts) - counts[-1]
    if max(_rises(counts), default=0) <= 0:
        return Life(counts[0], None, revived, None)
    worst = _steepest(counts)
    near = places[worst * apart : (worst + 1) * apart + 1]
    step = _steepest(dead(near))
    before, during = records[near[step]], records[near[step] + 1 : near[step + 1] + 1]
    loss, highest = number(before, "loss"), max(numbers(during, "loss_max"), default=None)
    spike = (loss, highest) if loss is not None and highest is not None and highest > SPIKE * loss else None
    return Life(counts[0], during[-1]["step"], revived, spike)


def _rises(counts: list[int]) -> list[int]:
    return list(map(operator.sub, counts[1:], counts))


def _steepest(counts: list[int]) -> int:
    rises = _rises(counts)
    return rises.index(max(rises))
