"""Reads numbers out of records."""

import bisect
import statistics
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from piste.callbacks.records import Record


def number(values: Mapping[str, Any], key: str) -> float | None:
    """Returns a figure, None where it is absent or not finite.

    Example:
        >>> number({"loss": 2.5}, "loss"), number({"loss": "nan"}, "loss"), number({}, "loss")
        (2.5, None, None)
    """
    value = values.get(key)
    if type(value) is float:  # most are, and rules ask for hundreds at every check
        return value
    return None if value is None or isinstance(value, str) else float(value)


def numbers(parts: Iterable[Mapping[str, Any]], key: str) -> list[float]:
    """Returns a figure of each part that has it, where it is finite."""
    return [value for part in parts if (value := number(part, key)) is not None]


def typical(records: Sequence[Record], key: str) -> float | None:
    """Returns the median of a figure of the whole model, None where no record has it."""
    found = numbers(records, key)
    return statistics.median(found) if found else None


def finite(records: Sequence[Record]) -> Sequence[Record]:
    """Returns the records before the first number that was not finite.

    What held before then is not cured by it, and nothing can be read from what came after.
    """
    return records[: bisect.bisect_left(records, True, key=lambda record: record["nonfinite"] is not None)]


def unit_prefix(records: Sequence[Record]) -> str:
    """Returns what the figures of units that decide begin with: "probe_" where a probe was measured, "" elsewhere."""
    return "probe_" if latest_with(records[:1], "probe_dead") else ""


def latest_with(records: Sequence[Record], key: str) -> Record | None:
    """Returns the latest record in which activations have a figure; those of units are not in every record."""
    first = _first_activation(records)
    return next((record for record in reversed(records) if key in record["layers"].get(first, {})), None)


def places_with(records: Sequence[Record], key: str) -> list[int]:
    """Returns the places of all records in which activations have a figure."""
    first = _first_activation(records)
    return [place for place, record in enumerate(records) if key in record["layers"].get(first, {})]


def _first_activation(records: Sequence[Record]) -> str:
    # Figures of units come for all activations at once, so it is enough to look at one of them.
    layers = records[-1]["layers"] if records else {}
    return next((path for path, part in layers.items() if "activation" in part), "")
