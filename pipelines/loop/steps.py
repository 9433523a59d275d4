"""Many train steps in one call, over arrays that stay on the device."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Protocol

import numpy as np
import tensorflow as tf

from piste.pipelines.data.dataset import Arrays
from piste.pipelines.data.quiet import first_line
from piste.pipelines.errors import ConfigError

Step = Callable[[Any], Any]
NO_CHECK = np.iinfo(np.int32).max
CHECKS_A_CALL = 64


class Instrument(Protocol):
    """All that the loop knows of what watches it."""

    @property
    def capacity(self) -> int:
        """How many checks may be between two readings."""

    @property
    def done(self) -> int:
        """How many steps were trained on before."""

    def checks(self, steps: range) -> list[int]:
        """Returns the steps to watch closely, counted from 1, at level 1; the others are of level 0."""

    def trace(self, step: Step, level: int | None = None, spec: Any = None) -> Step:
        """Wraps a train step for one level; None leaves the choice to the graph, a spec lets it be traced at once."""


class TrainSteps:
    """Trains on a stretch of batches of an epoch's order.

    Plain steps run in an inner loop and the closely watched ones between its runs: a condition around every step
    would cost more than the measuring. Under XLA, whose shapes are fixed, a last batch that is not full runs in a
    graph of its own.

    Args:
        model: a compiled model with a built optimizer.
        data: the training arrays, copied to the device once.
        batch_size: samples a step.
        instrument: what watches the steps, or None.
        jit_compile: whether XLA compiles the loop.
    """

    def __init__(
        self, model: Any, data: Arrays, batch_size: int, instrument: Instrument | None, jit_compile: bool
    ) -> None:
        samples = len(data.x)
        self._model, self._samples, self._batch_size = model, samples, batch_size
        self._full = samples // batch_size if jit_compile else -(-samples // batch_size)
        self._jit_compile, self._instrument = jit_compile, instrument
        self._parts = tuple(tf.constant(part) for part in data.parts)
        self._step: Step = model.train_step
        self._many = tf.function(self._run_many, jit_compile=jit_compile, autograph=False)
        self._last = tf.function(self._run_last, autograph=False)

    def compile(self, order: np.ndarray, meanwhile: Callable[[], object]) -> None:
        """Compiles the loop, which trains on nothing, and does something else in the meantime.

        Args:
            order: any epoch's order.
            meanwhile: Python work; XLA compiles without Python's lock.

        Raises:
            ConfigError: if XLA cannot compile the train step, as may be with a layer of one's own.
        """
        if not self._full:
            meanwhile()
            return
        arguments = self._arguments(order, 0, 0, ())
        if self._instrument is not None:
            self._instrument.trace(self._step, 0, self._spec())
        # Both traces patch the same layers for a moment, so that they must follow each other.
        self._many.get_concrete_function(*arguments)
        with ThreadPoolExecutor(1) as pool:
            compiling = pool.submit(self._many, *arguments)
            if self._samples > self._full * self._batch_size:
                self._last.get_concrete_function(arguments[0])
            meanwhile()
            try:
                compiling.result()
            except tf.errors.OpError as error:  # no step has run that could fail
                raise ConfigError(
                    "`mode: fused` needs a train step that XLA can compile; use `mode: graph`. Received from "
                    f"TensorFlow: {first_line(error)}"
                ) from error

    def __call__(self, order: np.ndarray, begin: int, end: int, checks: Sequence[int] = ()) -> dict[str, Any]:
        """Trains on the batches `begin` to `end`.

        Args:
            order: sample indices, int32.
            begin: the first batch, counted from 0.
            end: the batch after the last.
            checks: the batches among them to watch closely, `CHECKS_A_CALL` at most.

        Returns:
            The metrics so far.
        """
        logs: dict[str, Any] = {}
        arguments = self._arguments(order, begin, end, checks)
        if begin < self._full:
            logs = self._many(*arguments)
        if end > self._full:
            logs = self._last(arguments[0])
        return logs

    def _arguments(self, order: np.ndarray, begin: int, end: int, checks: Sequence[int]) -> tuple[Any, ...]:
        padded = np.full(CHECKS_A_CALL + 1, NO_CHECK, "int32")
        padded[: len(checks)] = checks
        return tf.constant(order), tf.constant(begin), tf.constant(min(end, self._full)), tf.constant(padded)

    def _run_many(self, order: Any, begin: Any, end: Any, checks: Any) -> dict[str, Any]:
        if self._instrument is None:
            self._loop(self._step, order, begin, end)
        else:
            self._loop_and_check(self._instrument, order, begin, end, checks)
        return dict(self._model.get_metrics_result())

    def _loop(self, step: Step, order: Any, begin: Any, end: Any) -> Any:
        def body(index: Any) -> Any:
            step(self._batch(order, index))
            return index + 1

        return tf.while_loop(lambda index: index < end, body, [begin], parallel_iterations=1)[0]

    def _loop_and_check(self, instrument: Instrument, order: Any, begin: Any, end: Any, checks: Any) -> None:
        plain, watched = instrument.trace(self._step, 0), instrument.trace(self._step, 1)

        def body(index: Any, check: Any) -> Any:
            index = self._loop(plain, order, index, tf.minimum(end, checks[check]))
            return self._loop(watched, order, index, tf.minimum(end, index + 1)), check + 1

        tf.while_loop(lambda index, check: index < end, body, [begin, 0], parallel_iterations=1)

    def _run_last(self, order: Any) -> dict[str, Any]:
        chosen = order[self._full * self._batch_size :]
        step = self._instrument.trace(self._step) if self._instrument else self._step
        step(self._gather(chosen))
        return dict(self._model.get_metrics_result())

    def _batch(self, order: Any, index: Any) -> tuple[Any, ...]:
        begin = index * self._batch_size
        if self._jit_compile:
            chosen = tf.slice(order, [begin], [self._batch_size])
        else:
            chosen = order[begin : tf.minimum(begin + self._batch_size, self._samples)]
        return self._gather(chosen)

    def _gather(self, chosen: Any) -> tuple[Any, ...]:
        return tuple(tf.gather(part, chosen) for part in self._parts)

    def _spec(self) -> tuple[Any, ...]:
        size = self._batch_size if self._jit_compile else None
        return tuple(tf.TensorSpec((size, *part.shape[1:]), part.dtype) for part in self._parts)
