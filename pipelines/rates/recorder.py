"""Carries a loss tape into a `fit` and ends it when the losses diverge."""

from typing import Any

import keras

from piste.callbacks.entry import Entry
from piste.callbacks.loss_tape import LossTape
from piste.pipelines.rates.descent import Descent


class Recorder(keras.callbacks.Callback):
    """Hands the loss of every step to a `Descent`; works in the compiled loop and in Keras's own.

    Args:
        descent: takes the losses in.
    """

    def __init__(self, descent: Descent) -> None:
        super().__init__()
        self._descent = descent
        self._tape: LossTape | None = None
        self._entry: Entry | None = None

    def lend_instrument(self, model: Any) -> LossTape:
        """Returns the tape for the compiled loop, which traces the steps itself."""
        self._tape = LossTape(model, self._descent.steps)
        return self._tape

    def return_instrument(self) -> None:
        """Ends what `lend_instrument` began."""
        self._tape = None

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:
        """Gets into the train step of a loop that did not ask for the tape."""
        if self._tape is None:
            self._tape = LossTape(self.model, self._descent.steps)
            self._entry = Entry(self.model, self._tape)

    def on_train_batch_begin(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        """Lets the train function know that this `fit` is the recorded one."""
        if self._entry is not None:
            self._entry.arm()

    def on_train_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        """Reads what was recorded, and stops once it diverged."""
        assert self._tape is not None
        if any([self._descent.add(rate, loss) for rate, loss in self._tape.read()]):
            self.model.stop_training = True

    def on_train_end(self, logs: dict[str, Any] | None = None) -> None:
        """Gets out of the train step."""
        if self._entry is not None:
            self._entry.leave()
        self._entry = None
