"""Stops a run whose loss is no longer a number."""

import math
from typing import Any

import keras


class StopOnDivergence(keras.callbacks.Callback):
    """Ends training soon after the loss became NaN or infinite: nothing learnt after that is of use."""

    def __init__(self) -> None:
        super().__init__()
        self.epoch: int | None = None
        self._epoch = 1

    def on_epoch_begin(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Notes the epoch."""
        self._epoch = epoch + 1

    def on_train_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        """Looks at the mean loss, which one bad step spoils."""
        if self.epoch is None and logs and not math.isfinite(float(logs.get("loss", 0.0))):
            self.epoch = self._epoch
            self.model.stop_training = True
