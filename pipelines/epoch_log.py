"""metrics.jsonl: one object an epoch."""

import json
import math
import time
from pathlib import Path
from typing import Any

import keras

from piste.pipelines.run_folder import disk_errors


class EpochLog(keras.callbacks.Callback):
    """Appends every epoch's figures to a JSON-lines file and keeps them.

    Args:
        file: the file; None keeps them only.

    Attributes:
        epochs: the lines so far.
        stage: the number that goes into the lines of a training in stages; None for none.
    """

    def __init__(self, file: Path | None = None) -> None:
        super().__init__()
        self.file = file
        self.stage: int | None = None
        self.epochs: list[dict[str, Any]] = []
        self._started = 0.0

    def on_epoch_begin(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Starts the clock."""
        self._started = time.perf_counter()

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Writes the epoch's line."""
        figures = {name: _plain(value) for name, value in (logs or {}).items() if name != "learning_rate"}
        line = {
            "epoch": epoch + 1,
            **({} if self.stage is None else {"stage": self.stage}),
            **figures,
            "learning_rate": _plain(self.model.optimizer.learning_rate),
            "seconds": round(time.perf_counter() - self._started, 4),
        }
        self.epochs.append(line)
        if self.file is not None:
            with disk_errors(self.file), self.file.open("a", encoding="utf-8") as file:
                file.write(json.dumps(line) + "\n")


def _plain(value: Any) -> float | str:
    number = float(value)
    return number if math.isfinite(number) else str(number)
