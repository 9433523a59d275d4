"""The loss and the learning rate of every single step, kept on the device until somebody reads them."""

from collections.abc import Callable
from typing import Any

import numpy as np
import tensorflow as tf

from piste.callbacks.taps import run_tapped

Step = Callable[[Any], Any]


class LossTape:
    """Records what a train step minimised, batch by batch, where Keras logs the mean since the epoch began.

    No step is closer to it than any other, so the compiled loop cuts its calls by time alone.

    Args:
        model: a compiled Keras model with a built optimizer.
        steps: how many steps there will be, each of which takes 8 bytes.
    """

    capacity = 1

    def __init__(self, model: Any, steps: int) -> None:
        self._model = model
        self._rows = tf.Variable(tf.zeros((steps, 2)))
        self._filled = tf.Variable(0)
        self._read = 0
        self._shared: tuple[Step, Any] | None = None

    @property
    def done(self) -> int:
        """Steps recorded so far."""
        return int(self._filled.numpy())

    def checks(self, steps: range) -> list[int]:
        """Returns none: all steps are recorded alike."""
        return []

    def trace(self, step: Step, level: int | None = None, spec: Any = None) -> Step:
        """Wraps a train step.

        Args:
            step: the step to record; the same object is traced once.
            level: makes no difference to what is recorded; None does not share the trace.
            spec: `tf.TensorSpec`s of what the step takes, which let it be traced now: TensorFlow traces a function
                twice if variables are made in it.

        Returns:
            A step with the same result.
        """
        if spec is not None:
            self._share(step).get_concrete_function(spec)

        def recorded(data: Any) -> Any:
            logs, row = self._run(step, data) if level is None else self._share(step)(data)
            self._rows.scatter_update(tf.IndexedSlices(row[tf.newaxis], self._filled[tf.newaxis]))
            self._filled.assign_add(1)
            return logs

        return recorded

    def read(self) -> list[tuple[float, float]]:
        """Returns (rate, loss) of each step since the last call."""
        begin, self._read = self._read, self.done
        rows = self._rows.sparse_read(np.arange(begin, self._read, dtype="int32")).numpy()
        return [(float(rate), float(loss)) for rate, loss in rows]

    def _share(self, step: Step) -> Any:
        if self._shared is None or self._shared[0] is not step:
            self._shared = (step, tf.function(lambda batch: self._run(step, batch), autograph=False))
        return self._shared[1]

    def _run(self, step: Step, data: Any) -> tuple[Any, Any]:
        # A copy: the step may change the variable that this is.
        rate = tf.identity(tf.cast(tf.convert_to_tensor(self._model.optimizer.learning_rate), "float32"))
        logs, taps = run_tapped(self._model, [], step, data)
        return logs, tf.stack([rate, taps.loss if taps.scale is None else taps.loss / taps.scale])
