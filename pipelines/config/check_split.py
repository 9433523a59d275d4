"""Rules about the parts of data: how they are split off, and that each comes from one place."""

from collections.abc import Iterator
from typing import Any

from piste.pipelines.config.faults import Fault
from piste.pipelines.config.written import Written


def splits(data: Any, written: Written) -> Iterator[Fault]:
    """Yields the faults of `data.validation`, `data.test` and what takes their place.

    Args:
        data: the section.
        written: what was written, as `validation` has a default that a part of its own replaces.
    """
    for part in ("validation", "test"):
        yield from _split(part, getattr(data, part, None))
        other = next((key for key in (f"{part}_folder", f"{part}_path") if getattr(data, key, None) is not None), None)
        if other is not None and written.node(("data", part)) is not None:
            yield Fault(f"must not be set together with `data.{other}`: remove one", ("data", part), at="key")


def _split(part: str, section: Any) -> Iterator[Fault]:
    if section is None:
        return
    path = ("data", part)
    if (section.size is None) == (section.fraction is None):
        given = "both" if section.size is not None else "neither"
        yield Fault("must give `size` or `fraction`, one of the two", path, received=given, at="key")
    if section.seed is not None and section.from_ != "random":
        yield Fault("has no effect unless `from` is random", (*path, "seed"), at="key")
