"""What a run's report says beside its curves and its health."""

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from piste.callbacks.report.numbers import show


@dataclasses.dataclass(frozen=True, eq=False)
class RunFacts:
    """The facts of one run.

    Args:
        name: name of the config, the page's title.
        config: the config's YAML text.
        epoch: the epoch that `metrics` is of, counted from 1; None where it is not known.
        interrupted: whether the user ended the run.
        seconds: how long the whole run took; None where it is not known.
        mode: how the loop ran: "fused", "graph" or "stream".
        mode_reason: why `auto` chose it, "" if the config did.
        fingerprint: SHA-256 (hex) of the data.
        data: further facts of the data, such as its name and sizes.
        metrics: the metrics of the weights that were kept, by the names that Keras logs them under.
        test_metrics: metrics on the test part, `samples` among them; None if it was not evaluated.
        environment: versions, device, threads, seeds; mappings within it are shown as dotted names.
        exports: facts of each exported artefact; digests of its files (`sha256`) are not shown.
        shares: path -> active share of each unit in the latest full window.
        unseen: a sentence for each thing that the monitor could not see.
        watched: whether a monitor was on.
    """

    name: str
    config: str
    mode: str
    fingerprint: str
    metrics: Mapping[str, Any]
    mode_reason: str = ""
    epoch: int | None = None
    interrupted: bool = False
    seconds: float | None = None
    data: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    test_metrics: Mapping[str, Any] | None = None
    environment: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    exports: Sequence[Mapping[str, Any]] = ()
    shares: Mapping[str, np.ndarray] = dataclasses.field(default_factory=dict)
    unseen: Sequence[str] = ()
    watched: bool = True


def rows(facts: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    """Yields (name, text) of facts; those of a mapping among them have dotted names, a tensor takes one line.

    Example:
        >>> list(rows({"seed": 42, "versions": {"keras": "3.15.1"}, "devices": ["CPU:0"], "threads": None}))
        [('seed', '42'), ('versions.keras', '3.15.1'), ('devices', 'CPU:0'), ('threads', 'none')]
    """
    for key, value in facts.items():
        name = key.replace("_", " ")
        if isinstance(value, Mapping) and set(value) == {"dtype", "shape"}:
            yield prefix + name, f"{value['dtype']} ({_listed(value['shape'])})"
        elif isinstance(value, Mapping):
            yield from rows(value, f"{prefix}{name}.")
        elif isinstance(value, list | tuple):
            yield prefix + name, _listed(value) or "none"
        else:
            yield prefix + name, "none" if value is None else show(value)


def _listed(values: Sequence[Any]) -> str:
    return ", ".join("any" if value is None else show(value) for value in values)


def duration(seconds: float) -> str:
    """Returns a time as people say it.

    Example:
        >>> duration(12.34), duration(754.0), duration(7322.0)
        ('12.3 s', '12 min 34 s', '2 h 2 min')
    """
    if seconds < 1:
        return f"{seconds:.2f} s"
    if seconds < 100:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"
