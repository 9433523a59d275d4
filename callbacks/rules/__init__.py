"""Pure functions from records to findings, one rule a file.

A rule takes the records so far, oldest first, and returns what holds at the latest.
"""

from collections.abc import Callable, Sequence

from piste.callbacks.findings import Finding
from piste.callbacks.records import Record
from piste.callbacks.rules.dead import dead
from piste.callbacks.rules.nonfinite import nonfinite
from piste.callbacks.rules.vanishing import vanishing

Rule = Callable[[Sequence[Record]], list[Finding]]
GRADIENT_RULES: tuple[Rule, ...] = (nonfinite, vanishing)
UNIT_RULES: tuple[Rule, ...] = (dead,)

__all__ = ["GRADIENT_RULES", "UNIT_RULES", "Rule", "dead", "nonfinite", "vanishing"]
