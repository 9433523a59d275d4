"""Gets a watched train step into any `fit` of a model, and out of it again."""

from typing import Any

from piste.callbacks.instrument import Instrument
from piste.callbacks.loss_tape import LossTape
from piste.callbacks.patches import replaced


class Entry:
    """Makes a model train with a watched step, from now until `leave`.

    Args:
        model: a compiled Keras model, at the begin of its `fit`.
        instrument: what watches the step. If another monitor is in the `fit` already, it watches that one's step.
    """

    def __init__(self, model: Any, instrument: Instrument | LossTape) -> None:
        self._model, self._armed = model, False
        self._plain = plain = model.train_function
        step = instrument.trace(getattr(plain, "watched_step", model.train_step))
        with replaced(model, "train_step", step):
            model.make_train_function(force=True)
        watched = model.train_function

        # A function and not a method: models are deep-copied with it, which copies the object of a method too.
        def train_function(iterator: Any) -> Any:
            if self._armed:
                self._armed = False
                return watched(iterator)
            # Keras calls no hook when a `fit` fails: this is a later one, which did not ask for a monitor.
            self.leave()
            model.make_train_function()
            return model.train_function(iterator)

        train_function.watched_step = step  # type: ignore[attr-defined]
        model.train_function = train_function

    def arm(self) -> None:
        """Lets the next call of the train function be watched: that `fit` calls this monitor."""
        self._armed = True

    def leave(self) -> None:
        """Gives the model back the train function it had."""
        stacked = getattr(self._plain, "watched_step", None) is not None
        self._model.train_function = None if stacked else self._plain
