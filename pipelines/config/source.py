"""Texts that configs are read from, and places in them."""

import os
import re
import stat
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from piste.pipelines.config.problems import ConfigProblems, Origin, Problem

SIZE_LIMIT = 1024 * 1024
_FORBIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x84\x86-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff\ufffe\uffff]"
)


@dataclass(frozen=True)
class Source:
    """One text: a file, or the argument of one `--set`.

    Args:
        name: what errors call it: the file's path, or `--set N`.
        text: the whole text; lines end in a line feed alone.
        inline: whether it is a `--set` argument, which has no line numbers.
    """

    name: str
    text: str
    inline: bool = False

    def origin(self, line: int, column: int) -> Origin:
        """Returns the place at `line` and `column`, both counted from 1."""
        lines = _lines(self.text)
        text = lines[line - 1] if line <= len(lines) else ""
        return Origin(self.name, 0 if self.inline else line, column, text)


@lru_cache(maxsize=16)
def _lines(text: str) -> list[str]:
    return text.split("\n")


def file_problem(name: str, message: str, suggestion: str | None = None) -> ConfigProblems:
    """Returns the error of a file as a whole, where no line can be pointed at."""
    return ConfigProblems([Problem(Origin(name, 0, 0, ""), "", message, suggestion=suggestion)])


def read_source(path: Path) -> Source:
    """Reads a config file, which is hostile until parsed.

    Raises:
        ConfigProblems: it is no regular file, is too large, or is not plain UTF-8 text.
    """
    name = str(path)
    try:
        if not stat.S_ISREG(os.stat(path).st_mode):
            raise file_problem(name, f"A config must be a regular file. Received: {name}.")
        with open(path, "rb") as file:
            data = file.read(SIZE_LIMIT + 1)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise file_problem(name, f"The config {name} cannot be read: {reason}.") from None
    if len(data) > SIZE_LIMIT:
        raise file_problem(name, f"A config must be at most 1 MiB. Received: {name}, which is larger.")
    return Source(name, _decode(name, data))


def check_characters(source: Source) -> None:
    """Refuses tabs, control characters and characters that reorder text, each with its place."""
    problems = []
    for number, line in enumerate(source.text.split("\n"), start=1):
        if "\t" in line:
            message = "Tabs are not allowed in a config: write spaces."
            problems.append(Problem(source.origin(number, line.index("\t") + 1), "", message))
        found = _FORBIDDEN.search(line)
        if found:
            message = f"Control characters are not allowed in a config. Received: U+{ord(found[0]):04X}."
            problems.append(Problem(source.origin(number, found.start() + 1), "", message))
    if problems:
        raise ConfigProblems(problems[:20])


def _decode(name: str, data: bytes) -> str:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8", errors="replace").split("\n")
        origin = Origin(name, len(before), len(before[-1]) + 1, "")
        message = f"A config must be UTF-8 text. Received: byte 0x{data[error.start]:02X} at offset {error.start}."
        raise ConfigProblems([Problem(origin, "", message)]) from None
    return text.replace("\r\n", "\n")
