"""What is wrong with a config, as values: where, what was expected, what came, what may have been meant."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from piste.pipelines.errors import ConfigError


@dataclass(frozen=True, order=True)
class Origin:
    """A place in a text.

    Args:
        file: the file's path, or `--set N` for an override.
        line: counted from 1; 0 where the text has no lines to speak of (an override, a whole file).
        column: counted from 1 in characters; 0 for a whole file.
        text: the line itself.
    """

    file: str
    line: int
    column: int
    text: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}" if self.line else self.file


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong.

    Args:
        origin: where.
        path: the key, as in `model.hidden[0]`; empty where the text itself is at fault.
        message: the whole sentence.
        expected: what would have been right.
        received: what came, escaped and cut.
        suggestion: the nearest valid name.
        rule: the name of the rule behind a warning, by which it can be silenced; None makes it an error.
    """

    origin: Origin
    path: str
    message: str
    expected: str | None = None
    received: str | None = None
    suggestion: str | None = None
    rule: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """Returns the problem as plain data for JSON."""
        return {
            "file": self.origin.file,
            "line": self.origin.line or None,
            "column": self.origin.column or None,
            "path": self.path or None,
            "message": self.message,
            "expected": self.expected,
            "received": self.received,
            "suggestion": self.suggestion,
            "rule": self.rule,
        }


class ConfigProblems(ConfigError):
    """Every problem of a config at once, sorted by place; its text is the readable report."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        unique = dict.fromkeys(problems)
        self.problems = tuple(sorted(unique, key=lambda p: (p.origin.file, p.origin.line, p.origin.column)))
        super().__init__(self.problems)

    def __str__(self) -> str:
        from piste.pipelines.config.report import render

        return render(self.problems)
