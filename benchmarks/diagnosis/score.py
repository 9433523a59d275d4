"""Judges runs: which rule spoke, where, and how soon."""

import dataclasses
from collections.abc import Sequence
from fnmatch import fnmatchcase
from typing import Any

from benchmarks.diagnosis.recipe import Recipe
from benchmarks.diagnosis.rivals import RIVALS, Look, judgement
from piste.callbacks.records import Record
from piste.callbacks.rules import Rule


@dataclasses.dataclass(frozen=True)
class Alarm:
    """The first check at which a rule found a layer to be worse than worth knowing.

    Args:
        rule: its name.
        layer: the path, None for the whole model.
        step: of the check.
    """

    rule: str
    layer: str | None
    step: int


def alarms(records: Sequence[Record], rules: Sequence[Rule]) -> list[Alarm]:
    """Replays rules over records as a monitor does, and lists warnings and critical findings, oldest first.

    Findings that are information do not count; findings that were cured later do.
    """
    first: dict[tuple[str, str | None], int] = {}
    for end in range(1, len(records) + 1):
        for finding in (finding for rule in rules for finding in rule(records[:end])):
            if finding.severity != "info":
                first.setdefault((finding.rule, finding.layer), records[end - 1]["step"])
    return [Alarm(rule, layer, step) for (rule, layer), step in first.items()]


@dataclasses.dataclass(frozen=True)
class Verdict:
    """What was found in one run.

    Args:
        recipe: what was trained.
        seed: with which seed.
        alarms: oldest first.
        rivals: tool -> the rules here that name what it found.
        learned: the loss at the last check is below that at the first.
    """

    recipe: Recipe
    seed: int
    alarms: tuple[Alarm, ...]
    rivals: dict[str, frozenset[str]]
    learned: bool

    @property
    def right(self) -> list[Alarm]:
        """The alarms that name the fault, from its onset on."""
        return [
            alarm for alarm in self.alarms if alarm.rule in self.recipe.expected and alarm.step >= self.recipe.onset
        ]

    @property
    def named(self) -> bool:
        """Whether an alarm names the fault."""
        return bool(self.right)

    @property
    def delay(self) -> int | None:
        """Steps from the onset to the first alarm that names the fault, None where none does."""
        return self.right[0].step - self.recipe.onset if self.right else None

    @property
    def placed(self) -> bool:
        """Whether one of the first alarms that name the fault names its layer too."""
        first = [alarm for alarm in self.right if alarm.step == self.right[0].step]
        return any(fnmatchcase(alarm.layer or "", pattern) for alarm in first for pattern in self.recipe.layers)

    @property
    def unexpected(self) -> list[Alarm]:
        """Alarms that the fault does not explain; in a healthy run all of them."""
        explained = {*self.recipe.expected, *self.recipe.companions}
        return [alarm for alarm in self.alarms if alarm.rule not in explained or alarm.step < self.recipe.onset]


def verdict(
    recipe: Recipe, seed: int, records: Sequence[Record], looks: Sequence[Look], rules: Sequence[Rule]
) -> Verdict:
    """Judges one run from what it left.

    Args:
        recipe: what was trained.
        seed: with which seed.
        records: the monitor's.
        looks: the probe's.
        rules: from records to findings.
    """
    rivals = {tool: judgement(tool, looks) for tool in RIVALS}
    learned = _loss(records[-1]) < _loss(records[0])
    return Verdict(recipe, seed, tuple(alarms(records, rules)), rivals, learned)


def _loss(record: Record) -> float:
    loss: Any = record["loss"]
    return float(loss)
