"""Findings from records that were written down."""

from collections.abc import Iterable, Sequence

from piste.callbacks.findings import Finding, follow
from piste.callbacks.records import Record
from piste.callbacks.rules import GRADIENT_RULES, UNIT_RULES, Rule


def judge(records: Iterable[Record], rules: Sequence[Rule] | None = None) -> list[Finding]:
    """Replays the checks of a run, so that its findings come out as they did live.

    Rules see nothing but records, so other thresholds can be tried without training again.

    Args:
        records: oldest first, such as the lines of the file that a monitor wrote.
        rules: functions from records to findings; None takes all.

    Returns:
        The findings after the last check, cured ones included.

    Example:
        >>> from functools import partial
        >>> from piste.callbacks.rules import vanishing
        >>> layers = {"first": {"delta_rms": 1e-4}, "last": {"delta_rms": 1.0}}
        >>> check = {"epoch": 1, "loss": 2.3, "nonfinite": None, "layers": layers}
        >>> records = [check | {"step": step} for step in range(1, 7)]
        >>> [(finding.rule, finding.step, finding.last_step) for finding in judge(records)]
        [('VANISHING', 5, 6)]
        >>> judge(records, [partial(vanishing, decades=-5.0)])
        []
    """
    rules = GRADIENT_RULES + UNIT_RULES if rules is None else rules
    so_far: list[Record] = []
    findings: list[Finding] = []
    for record in records:
        so_far.append(record)
        findings = follow(findings, [finding for rule in rules for finding in rule(so_far)])
    return findings
