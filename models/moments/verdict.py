"""What follows from the moments of all layers."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from piste.models.moments.propagate import Moments

LOW, HIGH = 0.5, 2.0
_ALIKE = 0.1


@dataclass(frozen=True)
class Verdict:
    """Whether the standard deviation keeps its size.

    Attributes:
        outcome: `stays` within 0.5 and 2 in every layer; `vanishes` or `explodes` where it ends below or above;
            `strays` where it leaves and is back at the end.
        first: The first layer outside, or None.
        overflow: The layer whose figures are no longer finite in float64, or None.
        alike: Whether `std` is under a tenth of `rms` in the last layer: all samples look nearly the same there.
    """

    outcome: Literal["stays", "vanishes", "explodes", "strays"]
    first: int | None
    overflow: int | None
    alike: bool


def verdict(moments: Sequence[Moments], depth: int) -> Verdict:
    """Judges what `propagate` found.

    Args:
        moments: One value a layer.
        depth: The number of layers asked for; there are fewer moments where one overflowed.

    Example:
        >>> from piste.models.moments.propagate import propagate
        >>> verdict(propagate("sigmoid", depth=5), depth=5)
        Verdict(outcome='vanishes', first=0, overflow=None, alike=True)
    """
    overflow = len(moments) if len(moments) < depth else None
    first = next((m.layer for m in moments if not LOW <= m.std <= HIGH), overflow)
    alike = bool(moments) and moments[-1].std < _ALIKE * moments[-1].rms
    if first is None:
        return Verdict("stays", None, None, alike)
    if overflow is not None or moments[-1].std > HIGH:
        return Verdict("explodes", first, overflow, alike)
    return Verdict("vanishes" if moments[-1].std < LOW else "strays", first, None, alike)
