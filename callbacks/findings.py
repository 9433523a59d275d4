"""What a rule concluded."""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any, Literal

Severity = Literal["info", "warning", "critical"]


@dataclasses.dataclass(frozen=True)
class Finding:
    """One thing that is wrong, or worth knowing, at one layer.

    Args:
        rule: the rule's name, such as "VANISHING".
        layer: path of the layer, None where the whole model is meant.
        severity: "info", "warning" or "critical".
        epoch: when it was first seen, counted from 1.
        step: when it was first seen, in optimizer updates.
        last_step: when it was last seen.
        evidence: the numbers that it rests on.
        causes: likely causes, the likeliest first.
        advice: what to do about it, in words.
        change: config key -> value that addresses it.
        closed: whether it was cured since.
    """

    rule: str
    layer: str | None
    severity: Severity
    epoch: int
    step: int
    last_step: int
    evidence: Mapping[str, float]
    causes: tuple[str, ...]
    advice: str
    change: Mapping[str, Any]
    closed: bool = False

    @classmethod
    def at(
        cls,
        record: Mapping[str, Any],
        rule: str,
        layer: str | None,
        severity: Severity,
        *,
        evidence: Mapping[str, float],
        causes: Sequence[str],
        advice: str,
        change: Mapping[str, Any],
    ) -> "Finding":
        """Returns the finding of one check.

        Example:
            >>> found = Finding.at({"epoch": 2, "step": 50}, "DEAD", "act", "info",
            ...                    evidence={"share": 0.1}, causes=[], advice="", change={})
            >>> found.epoch, found.step, found.last_step
            (2, 50, 50)
        """
        step = record["step"]
        return cls(rule, layer, severity, record["epoch"], step, step, evidence, tuple(causes), advice, change)

    def as_dict(self) -> dict[str, Any]:
        """Returns the finding as JSON can hold it."""
        return dataclasses.asdict(self)


def follow(findings: list[Finding], seen: list[Finding]) -> list[Finding]:
    """Carries findings over one more check.

    Args:
        findings: what was known before.
        seen: what the rules say of the latest check.

    Returns:
        One finding a (rule, layer): updated while it lasts, closed when it is not seen any more, opened again when
        it comes back.

    Example:
        >>> first = Finding("DEAD", "act", "info", 1, 50, 50, {"share": 0.1}, (), "", {})
        >>> later = dataclasses.replace(first, step=100, last_step=100, evidence={"share": 0.2})
        >>> [(f.step, f.last_step, f.evidence["share"]) for f in follow([first], [later])]
        [(50, 100, 0.2)]
        >>> [f.closed for f in follow([first], [])]
        [True]
    """
    now = {(finding.rule, finding.layer): finding for finding in seen}
    known = {(finding.rule, finding.layer) for finding in findings}
    carried = []
    for old in findings:
        new = now.get((old.rule, old.layer))
        if new is None:
            carried.append(dataclasses.replace(old, closed=True))
        else:
            carried.append(dataclasses.replace(new, epoch=old.epoch, step=old.step))
    return carried + [finding for key, finding in now.items() if key not in known]
