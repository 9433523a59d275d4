"""Writes verdicts down as Markdown."""

import statistics
from collections.abc import Iterable, Sequence

from benchmarks.diagnosis.rivals import RIVALS
from benchmarks.diagnosis.score import Alarm, Verdict

NAMED_TARGET, DELAY_TARGET, HEALTHY_TARGET = 0.95, 150, 200


def write(verdicts: Sequence[Verdict]) -> str:
    """Returns the tables and the list of what failed."""
    faulty = [verdict for verdict in verdicts if not verdict.recipe.healthy]
    healthy = [verdict for verdict in verdicts if verdict.recipe.healthy]
    parts = [_head(faulty, healthy), _by_rule(faulty, healthy), _by_tool(faulty, healthy), _failures(faulty, healthy)]
    return "\n\n".join(part for part in parts if part) + "\n"


def on_target(verdicts: Sequence[Verdict]) -> bool:
    """Whether enough faults are named, soon enough, and no healthy run is blamed."""
    faulty = [verdict for verdict in verdicts if not verdict.recipe.healthy]
    named = [verdict for verdict in faulty if verdict.named]
    blamed = any(verdict.alarms for verdict in verdicts if verdict.recipe.healthy)
    return len(named) >= NAMED_TARGET * len(faulty) and not _late(faulty) and not blamed


def upper_bound(hits: int, runs: int) -> float:
    """The rate of which fewer hits than were seen have a chance of 5 % only; Clopper and Pearson, 1934.

    Example:
        >>> round(upper_bound(0, 200), 4)
        0.0149
    """
    if hits >= runs:
        return 1.0
    low, high = hits / runs, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if _at_most(hits, runs, middle) > 0.05 else (low, middle)
    return high


def _at_most(hits: int, runs: int, rate: float) -> float:
    """The chance of at most so many hits."""
    term = total = (1 - rate) ** runs
    for hit in range(hits):
        term *= (runs - hit) / (hit + 1) * rate / (1 - rate)
        total += term
    return total


def _head(faulty: Sequence[Verdict], healthy: Sequence[Verdict]) -> str:
    blamed = sum(bool(verdict.alarms) for verdict in healthy)
    lines = []
    if faulty:
        named = sum(verdict.named for verdict in faulty)
        lines.append(
            f"{named} of {len(faulty)} faulty runs are named ({named / len(faulty):.1%}, target {NAMED_TARGET:.0%}) in "
            f"{_recipes(faulty)} recipes."
        )
    if healthy:
        lines.append(
            f"{blamed} of {len(healthy)} healthy runs in {_recipes(healthy)} recipes raise an alarm (target 0 in "
            f"{HEALTHY_TARGET}); at 95 % confidence the rate is below {upper_bound(blamed, len(healthy)):.1%}."
        )
    return " ".join([*lines, "An alarm is a warning or a critical finding; information is none."])


def _by_rule(faulty: Sequence[Verdict], healthy: Sequence[Verdict]) -> str:
    expected = {verdict.recipe.expected[0] for verdict in faulty}
    blamed = {alarm.rule for verdict in healthy for alarm in verdict.alarms}
    rows = []
    for rule in sorted(expected | blamed):
        mine = [verdict for verdict in faulty if verdict.recipe.expected[0] == rule]
        placed = [verdict for verdict in mine if verdict.recipe.layers and verdict.named]
        delays = [verdict.delay for verdict in mine if verdict.delay is not None]
        alarmed = sum(any(alarm.rule == rule for alarm in verdict.alarms) for verdict in healthy)
        rows.append(
            (
                rule, _recipes(mine), f"{sum(verdict.named for verdict in mine)} / {len(mine)}",
                f"{sum(verdict.placed for verdict in placed)} / {len(placed)}",
                f"{statistics.median(delays):g}, {max(delays)}" if delays else "", f"{alarmed} / {len(healthy)}",
            )
        )  # fmt: skip
    head = ("fault", "recipes", "runs named", "at the right layer", "steps until then: median, longest", "false alarms")
    return _table(head, rows)


def _by_tool(faulty: Sequence[Verdict], healthy: Sequence[Verdict]) -> str:
    rows = []

    for tool in ("Piste", *RIVALS):
        right = sum(bool(_found(tool, verdict) & {*verdict.recipe.expected}) for verdict in faulty)
        anything = sum(bool(_found(tool, verdict)) for verdict in faulty)
        blamed = sum(bool(_found(tool, verdict)) for verdict in healthy)
        rows.append((tool, f"{right} / {len(faulty)}", f"{anything} / {len(faulty)}", f"{blamed} / {len(healthy)}"))
    return _table(("tool", "faulty: right kind", "faulty: any alarm", "healthy: any alarm"), rows)


def _found(tool: str, verdict: Verdict) -> frozenset[str]:
    """The rules that name what a tool found."""
    return verdict.rivals[tool] if tool in RIVALS else frozenset(alarm.rule for alarm in verdict.alarms)


def _failures(faulty: Sequence[Verdict], healthy: Sequence[Verdict]) -> str:
    kinds: list[tuple[str, list[str]]] = [
        ("Not named", [_line(verdict, verdict.alarms) for verdict in faulty if not verdict.named]),
        ("Named late", [_line(verdict, verdict.right) for verdict in _late(faulty)]),
        ("Named elsewhere", [_line(verdict, verdict.right) for verdict in _elsewhere(faulty)]),
        ("False alarms", [_line(verdict, verdict.alarms) for verdict in healthy if verdict.alarms]),
        (
            "Also said, and not explained",
            [_line(run, run.unexpected) for run in faulty if run.named and run.unexpected],
        ),
        ("Healthy, but the loss did not fall", [_line(verdict, ()) for verdict in healthy if not verdict.learned]),
    ]
    return "\n\n".join(f"{title} ({len(lines)}):\n\n" + "\n".join(lines) for title, lines in kinds if lines)


def _late(faulty: Sequence[Verdict]) -> list[Verdict]:
    return [verdict for verdict in faulty if verdict.delay is not None and verdict.delay > DELAY_TARGET]


def _elsewhere(faulty: Sequence[Verdict]) -> list[Verdict]:
    return [verdict for verdict in faulty if verdict.named and verdict.recipe.layers and not verdict.placed]


def _line(verdict: Verdict, alarms: Iterable[Alarm]) -> str:
    said = [f"{alarm.rule} at {alarm.layer or 'the whole'} in step {alarm.step}" for alarm in alarms]
    shown = ", ".join(said[:4]) + (f" and {len(said) - 4} more" if len(said) > 4 else "")
    return f"- {verdict.recipe.name}, seed {verdict.seed}: {shown or 'nothing'}"


def _recipes(verdicts: Sequence[Verdict]) -> int:
    return len({verdict.recipe.name for verdict in verdicts})


def _table(head: Sequence[object], rows: Sequence[Sequence[object]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(str(cell) for cell in line) + " |" for line in lines)
