"""metrics.jsonl."""

import json
import math
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from piste.pipelines.epoch_log import EpochLog
from piste.pipelines.errors import DiskError


def log_two_epochs(file: Path | None) -> Any:
    log = EpochLog(file)
    log.set_model(SimpleNamespace(optimizer=SimpleNamespace(learning_rate=0.25)))
    for epoch, loss in enumerate([1.5, math.nan]):
        log.on_epoch_begin(epoch)
        log.on_epoch_end(epoch, {"loss": loss, "learning_rate": 9.0, "val_loss": 2.0})
    return log


def test_one_line_an_epoch(tmp_path: Path) -> None:
    log = log_two_epochs(tmp_path / "metrics.jsonl")
    lines = [json.loads(line) for line in (tmp_path / "metrics.jsonl").read_text().splitlines()]
    assert lines == log.epochs
    assert all(0 <= line.pop("seconds") < 5 for line in lines)
    assert lines == [
        {"epoch": 1, "loss": 1.5, "val_loss": 2.0, "learning_rate": 0.25},
        {"epoch": 2, "loss": "nan", "val_loss": 2.0, "learning_rate": 0.25},
    ]


def test_without_a_file_the_epochs_are_kept() -> None:
    assert [line["epoch"] for line in log_two_epochs(None).epochs] == [1, 2]


def test_a_file_that_cannot_be_written_is_a_disk_error(tmp_path: Path) -> None:
    with pytest.raises(DiskError, match=r"^Cannot write "):
        log_two_epochs(tmp_path / "missing" / "metrics.jsonl")
