"""What the trainings of one row came to, read from the kept files."""

import json
import statistics
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.zoo.rows import Row
from benchmarks.zoo.train import FACTS

TARGET = 0.88


@dataclass(frozen=True)
class Result:
    """One training.

    Attributes:
        seed: of the training.
        facts: what was measured once: commit, accuracy on the test part, sizes, latency.
        epochs: a line an epoch, with the health figures.
        findings: the ids of those that are more than information.
    """

    seed: int
    facts: dict[str, Any]
    epochs: list[dict[str, Any]]
    findings: list[str]

    @property
    def accuracy(self) -> float:
        """On the test part, after the last epoch."""
        return float(self.facts["test"]["accuracy"])

    @property
    def seconds_an_epoch(self) -> float:
        """Median over the epochs, validation included."""
        return float(statistics.median(epoch["seconds"] for epoch in self.epochs))

    @property
    def epochs_to_target(self) -> int | None:
        """The first epoch whose validation accuracy is at least `TARGET`; None if there is none."""
        return next((epoch["epoch"] for epoch in self.epochs if epoch["val_accuracy"] >= TARGET), None)

    @property
    def update_ratio(self) -> float:
        """Median over the epochs of the largest update relative to its weights."""
        return float(statistics.median(epoch["update_ratio"] for epoch in self.epochs))

    def last(self, figure: str) -> float:
        """Returns a health figure of the last epoch."""
        return float(self.epochs[-1][figure])


def results(row: Row, stored: Path) -> list[Result]:
    """Returns the trainings of a row that were kept, by seed."""
    return [_read(stored / row.run(seed), seed) for seed in row.seeds if (stored / row.run(seed)).is_dir()]


def _read(folder: Path, seed: int) -> Result:
    epochs = [json.loads(line) for line in (folder / "metrics.jsonl").read_text("utf-8").splitlines()]
    findings = json.loads((folder / "findings.json").read_text("utf-8"))
    told = sorted({found["rule"] for found in findings if found["severity"] != "info" and not found["closed"]})
    return Result(seed, json.loads((folder / FACTS).read_text("utf-8")), epochs, told)
