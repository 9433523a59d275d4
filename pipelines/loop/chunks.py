"""Cuts an epoch into calls of the compiled loop and tells Keras's callbacks about each."""

import time
from collections.abc import Callable, Sequence
from typing import Any

import keras
import numpy as np

from piste.pipelines.loop.steps import CHECKS_A_CALL, Instrument, TrainSteps

CHUNK_SECONDS = 0.4
FIRST_CHUNK = 4


class Chunks:
    """The position of training within an epoch, and how many steps the next call may take.

    A chunk lasts about 0.4 s, so that Ctrl-C, `stop_training` and the progress bar are prompt, and holds no more
    checks than the instrument can keep. Where the cuts fall changes no bit of the result.

    Args:
        train: trains on a stretch of batches.
        steps: batches an epoch.
        order: epoch (from 0) -> sample order, int32.
        instrument: what watches the steps, or None.
    """

    def __init__(self, train: TrainSteps, steps: int, order: Any, instrument: Instrument | None) -> None:
        self.begin = self.end = 0
        self._train, self._steps, self._order_of, self._instrument = train, steps, order, instrument
        self._done = instrument.done if instrument else 0
        self._order = np.empty(0, "int32")
        self._pace = 0.0
        self._logs: dict[str, Any] = {}

    def start_epoch(self, epoch: int) -> None:
        """Rewinds to the first batch of an epoch."""
        self.begin = self.end = 0
        self._order = self._order_of(epoch)

    def compile(self, meanwhile: Callable[[], object]) -> None:
        """Compiles the loop, and does something else in the meantime."""
        self._train.compile(self._order_of(0), meanwhile)

    def next(self) -> bool:
        """Chooses the next chunk; False when the epoch is over."""
        self.begin = self.end
        size = max(FIRST_CHUNK, int(self._pace * CHUNK_SECONDS))
        end = min(self._steps, self.begin + size)
        room = min(CHECKS_A_CALL, self._instrument.capacity) if self._instrument else 0
        checks = self._checks(end)
        self.end = end if len(checks) <= room or not self._instrument else checks[room]
        return self.begin < self.end

    def run(self) -> dict[str, Any]:
        """Runs the chunk and returns the metrics so far."""
        if self.begin == self.end:
            return self._logs
        started = time.perf_counter()
        self._logs = self._train(self._order, self.begin, self.end, self._checks(self.end))
        steps = self.end - self.begin
        self._done += steps
        self._pace = steps / max(time.perf_counter() - started, 1e-6)
        return self._logs

    def _checks(self, end: int) -> Sequence[int]:
        if self._instrument is None:
            return ()
        first = self._done + 1
        return [step - first + self.begin for step in self._instrument.checks(range(first, first + end - self.begin))]


class ChunkCallbacks(keras.callbacks.CallbackList):
    """Calls the batch hooks once a chunk, with the true numbers of its first and last batch."""

    def __init__(self, chunks: Chunks, test_function: Any, **arguments: Any) -> None:
        super().__init__(**arguments)
        self._chunks, self._test_function = chunks, test_function
        self._plain_test_function: Any = None

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:
        """Compiles before the first epoch, so that no epoch's time includes it."""
        super().on_train_begin(logs)
        trace_test = getattr(self._test_function, "get_concrete_function", _nothing)
        self._chunks.compile(trace_test)

    def on_epoch_begin(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Starts the epoch's order."""
        super().on_epoch_begin(epoch, logs)
        self._chunks.start_epoch(epoch)

    def on_train_batch_begin(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        """Chooses the chunk that the train function runs next; silent once the epoch is over."""
        if self._chunks.next():
            super().on_train_batch_begin(self._chunks.begin, logs)

    def on_train_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        """Passes the chunk's last batch on."""
        if self._chunks.begin < self._chunks.end:
            super().on_train_batch_end(self._chunks.end - 1, logs)

    def on_test_begin(self, logs: dict[str, Any] | None = None) -> None:
        """Lends `fit`'s own evaluation the compiled test function; everybody else's keeps the plain one."""
        self._plain_test_function = self.model.test_function
        self.model.test_function = lambda iterator: self._test_function()
        super().on_test_begin(logs)

    def on_test_end(self, logs: dict[str, Any] | None = None) -> None:
        """Gives the plain test function back."""
        self.restore()
        super().on_test_end(logs)

    def restore(self) -> None:
        """Undoes what an evaluation that did not end has left behind."""
        if self._plain_test_function is not None:
            self.model.test_function, self._plain_test_function = self._plain_test_function, None


def _nothing() -> None:
    pass
