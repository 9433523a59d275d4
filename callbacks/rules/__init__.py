"""Pure functions from records to findings, one rule a file.

A rule takes the records so far, oldest first, and returns what holds at the latest.
"""

from collections.abc import Callable, Sequence

from piste.callbacks.findings import Finding
from piste.callbacks.records import Record
from piste.callbacks.rules.converged import converged
from piste.callbacks.rules.dead import dead
from piste.callbacks.rules.exploding import exploding
from piste.callbacks.rules.initial_loss import initial_loss
from piste.callbacks.rules.no_gradient import no_gradient
from piste.callbacks.rules.nonfinite import nonfinite
from piste.callbacks.rules.quiet import quiet
from piste.callbacks.rules.saturated import saturated
from piste.callbacks.rules.stuck_slope import stuck_slope
from piste.callbacks.rules.symmetric import symmetric
from piste.callbacks.rules.update_too_large import update_too_large
from piste.callbacks.rules.vanishing import vanishing

Rule = Callable[[Sequence[Record]], list[Finding]]
GRADIENT_RULES: tuple[Rule, ...] = (
    nonfinite,
    exploding,
    vanishing,
    no_gradient,
    symmetric,
    update_too_large,
    initial_loss,
    converged,
)
UNIT_RULES: tuple[Rule, ...] = (dead, saturated, quiet, stuck_slope)

__all__ = [
    "GRADIENT_RULES",
    "UNIT_RULES",
    "Rule",
    "converged",
    "dead",
    "exploding",
    "initial_loss",
    "no_gradient",
    "nonfinite",
    "quiet",
    "saturated",
    "stuck_slope",
    "symmetric",
    "update_too_large",
    "vanishing",
]
