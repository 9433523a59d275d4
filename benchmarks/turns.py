"""Times several `fit`s epoch by epoch in turns, so that a slow minute of the machine strikes all of them."""

import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

import keras

WARM_UP = 2
Fit = Callable[[keras.callbacks.Callback], Any]
"""Trains with this callback, the last in its list, for as many epochs as `epochs_for` says."""


def epochs_for(turns: int) -> int:
    """Returns how many epochs a fit must train for so many timed ones."""
    return WARM_UP + turns


def seconds_in_turns(fits: Mapping[str, Fit]) -> dict[str, list[float]]:
    """Runs every fit in a thread of its own; only one of them trains at any moment, and each epoch hands over.

    Args:
        fits: name -> what trains. Each must run the same number of epochs.

    Returns:
        Name -> seconds of its epochs, those of the callbacks at their ends included, without the first two.

    Raises:
        Exception: what a fit raised.
    """
    batons = [threading.Semaphore(0) for _ in fits]
    turns = [_Turn(baton, after) for baton, after in zip(batons, [*batons[1:], *batons[:1]], strict=True)]
    failures: list[BaseException] = []

    def run(fit: Fit, turn: "_Turn") -> None:
        try:
            turn.wait()
            fit(turn)
        except BaseException as failure:
            failures.append(failure)
        finally:
            turn.hand_over()

    threads = [threading.Thread(target=run, args=pair) for pair in zip(fits.values(), turns, strict=True)]
    for thread in threads:
        thread.start()
    batons[0].release()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]
    return {name: turn.seconds[WARM_UP:] for name, turn in zip(fits, turns, strict=True)}


class _Turn(keras.callbacks.Callback):
    def __init__(self, mine: threading.Semaphore, next_one: threading.Semaphore) -> None:
        super().__init__()
        self.seconds: list[float] = []
        self._mine, self._next = mine, next_one
        self._begun = 0.0

    def wait(self) -> None:
        self._mine.acquire()

    def hand_over(self) -> None:
        self._next.release()

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        self._begun = time.perf_counter()

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        self.seconds.append(time.perf_counter() - self._begun)
        self.hand_over()
        self.wait()
