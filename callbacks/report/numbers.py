"""How reports keep and show numbers: four significant digits, and words for what is not finite."""

import math
from collections.abc import Iterable
from typing import Any

Number = float | str | None


def compact(value: Any) -> Number:
    """Returns a number as a report's data holds it.

    Args:
        value: a number, the string that a record has for one that is not finite, or None where nothing was measured.

    Returns:
        Four significant digits; "nan", "inf" or "-inf"; or None.

    Example:
        >>> compact(0.123456), compact("inf"), compact(float("nan")), compact(None)
        (0.1235, 'inf', 'nan', None)
    """
    if value is None:
        return None
    number = float(value)
    return float(f"{number:.4g}") if math.isfinite(number) else str(number)


def show(value: Any) -> str:
    """Returns a number as a table shows it; other values as they print.

    Example:
        >>> show(1718.0), show(0.00012345), show(1234567.0), show(None), show("inf"), show(True)
        ('1718', '0.0001234', '1.235e+06', 'not measured', 'inf', 'yes')
    """
    if value is None:
        return "not measured"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def finite(values: Iterable[Any]) -> list[float]:
    """Returns the finite numbers among figures of records.

    Example:
        >>> finite([1.0, "nan", None, 2])
        [1.0, 2.0]
    """
    return [float(value) for value in values if value is not None and math.isfinite(float(value))]


def counted(number: int, thing: str) -> str:
    """Returns a number and what it counts.

    Example:
        >>> counted(1, "layer"), counted(2000, "unit")
        ('1 layer', '2,000 units')
    """
    return f"{number:,} {thing}" + ("" if number == 1 else "s")
