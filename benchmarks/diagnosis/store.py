"""A run on disk: the monitor's records, and beside them what the probe saw."""

import json
from pathlib import Path
from typing import Any


def run_files(folder: Path, name: str, seed: int) -> tuple[Path, Path]:
    """Returns the files of a run's records and looks.

    Example:
        >>> [file.name for file in run_files(Path("runs"), "sigmoid_8", 3)]
        ['sigmoid_8.3.jsonl', 'sigmoid_8.3.looks.jsonl']
    """
    return folder / f"{name}.{seed}.jsonl", folder / f"{name}.{seed}.looks.jsonl"


def save_run(folder: Path, name: str, seed: int, records: list[Any], looks: list[Any]) -> None:
    """Writes a run; the records come last, so that a run with records is whole."""
    lines, seen = run_files(folder, name, seed)
    seen.write_text("".join(json.dumps(look) + "\n" for look in looks))
    lines.write_text("".join(json.dumps(record) + "\n" for record in records))


def load_run(folder: Path, name: str, seed: int) -> tuple[list[Any], list[Any]]:
    """Reads a run's records and looks."""
    lines, seen = (
        [json.loads(line) for line in file.read_text().splitlines()] for file in run_files(folder, name, seed)
    )
    return lines, seen
