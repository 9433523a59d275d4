"""Times several `fit`s piece by piece in turns, so that a slow minute of the machine strikes all of them."""

import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

import keras

WARM_UP, STEPS_A_PIECE = 2, 50
Fit = Callable[[keras.callbacks.Callback], Any]
"""Trains with this callback, the last in its list, for as many epochs as `epochs_for` says."""


def epochs_for(turns: int) -> int:
    """Returns how many epochs a fit must train for so many timed ones."""
    return WARM_UP + turns


def seconds_in_turns(fits: Mapping[str, Fit]) -> dict[str, list[float]]:
    """Runs every fit in a thread of its own; only one of them trains at any moment, for fifty steps or so.

    None begins an epoch before all have ended theirs.

    Args:
        fits: name -> what trains. Each must run the same number of epochs.

    Returns:
        Name -> seconds of its epochs, those of the callbacks at their ends included, without the first two.

    Raises:
        BaseException: what a fit raised.
    """
    baton = _Baton(len(fits))
    turns = [_Turn(baton, place) for place in range(len(fits))]
    failures: list[BaseException] = []

    def run(fit: Fit, turn: "_Turn") -> None:
        try:
            baton.wait(turn.place)
            fit(turn)
        except BaseException as failure:
            failures.append(failure)
        finally:
            baton.leave(turn.place)

    threads = [threading.Thread(target=run, args=pair) for pair in zip(fits.values(), turns, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]
    return {name: turn.seconds[WARM_UP:] for name, turn in zip(fits, turns, strict=True)}


class _Baton:
    def __init__(self, count: int) -> None:
        self._epochs: dict[int, int] = dict.fromkeys(range(count), 0)
        self._holder = 0
        self._changed = threading.Condition()

    def wait(self, place: int) -> None:
        with self._changed:
            self._changed.wait_for(lambda: self._holder == place)

    def pass_on(self, place: int, epochs: int) -> None:
        """Gives it to the next of those that are behind."""
        with self._changed:
            self._epochs[place] = epochs
            self._give_after(place)

    def leave(self, place: int) -> None:
        with self._changed:
            del self._epochs[place]
            self._give_after(place)

    def _give_after(self, place: int) -> None:
        behind = [other for other, done in self._epochs.items() if done == min(self._epochs.values())]
        self._holder = next((other for other in behind if other > place), min(behind, default=-1))
        self._changed.notify_all()


class _Turn(keras.callbacks.Callback):
    def __init__(self, baton: _Baton, place: int) -> None:
        super().__init__()
        self.place, self.seconds = place, list[float]()
        self._baton = baton
        self._begun = self._spent = 0.0
        self._steps = 0

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        self._begun, self._spent, self._steps = time.perf_counter(), 0.0, 0

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        if batch + 1 - self._steps >= STEPS_A_PIECE:
            self._steps = batch + 1
            self._pause()

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        self._spent += time.perf_counter() - self._begun
        self.seconds.append(self._spent)
        self._pause()

    def _pause(self) -> None:
        self._spent += time.perf_counter() - self._begun
        self._baton.pass_on(self.place, len(self.seconds))
        self._baton.wait(self.place)
        self._begun = time.perf_counter()
