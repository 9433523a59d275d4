"""Ctrl-C and SIGTERM, as schedulers send it, save what was trained.

While a model trains, a signal is noted and raised between two calls of TensorFlow: an exception that a signal handler
raises inside one of them has crashed the process.
"""

import contextlib
import signal
import threading
from collections.abc import Iterator
from types import FrameType
from typing import Any

import keras

from piste.pipelines.errors import Terminated


class RaiseInterrupt(keras.callbacks.Callback):
    """Raises the interrupt that was noted, after the batches that were running.

    Args:
        pending: from `noted_interrupts`.
    """

    def __init__(self, pending: list[KeyboardInterrupt]) -> None:
        super().__init__()
        self._pending = pending

    def on_train_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        """Raises it in training."""
        if self._pending:
            raise self._pending[0]

    def on_test_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        """Raises it in validation."""
        if self._pending:
            raise self._pending[0]


@contextlib.contextmanager
def noted_interrupts() -> Iterator[list[KeyboardInterrupt]]:
    """Notes SIGINT and SIGTERM in the list it gives; a second one is raised at once.

    Signals that are ignored stay so, and in other threads than the main one nothing can be noted.
    """
    pending: list[KeyboardInterrupt] = []

    def note(number: int, frame: FrameType | None) -> None:
        if pending:
            raise pending[0]
        pending.append(Terminated() if number == signal.SIGTERM else KeyboardInterrupt())

    if threading.current_thread() is not threading.main_thread():
        yield pending
        return
    numbers = [number for number in (signal.SIGINT, signal.SIGTERM) if signal.getsignal(number) != signal.SIG_IGN]
    before = {number: signal.signal(number, note) for number in numbers}
    try:
        yield pending
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
