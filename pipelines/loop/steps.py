"""Compiled functions that run many steps over arrays that stay on the device."""

from collections.abc import Callable, Sequence
from typing import Any, Protocol

import numpy as np
import tensorflow as tf

from piste.pipelines.data.dataset import Arrays

Step = Callable[[Any], Any]
Run = Callable[..., dict[str, Any]]
NO_CHECK = np.iinfo(np.int32).max
CHECKS_A_CALL = 64


class Instrument(Protocol):
    """All that the loop knows of what watches it."""

    @property
    def capacity(self) -> int:
        """How many steps of level 1 may run between two readings."""

    def level(self, step: int) -> int:
        """Returns how closely to watch an optimizer step, counted from 1: 0 or 1."""

    def trace(self, step: Step, level: int | None = None) -> Step:
        """Wraps a train step for one level; None leaves the choice to the graph."""


def train_steps(model: Any, data: Arrays, batch_size: int, instrument: Instrument | None, jit_compile: bool) -> Run:
    """Builds `run(order, begin, end, done)`, which trains on the batches `begin` to `end` of an order.

    Plain steps run in an inner loop and the closely watched ones between its runs: a condition around every step
    would cost more than the measuring. Under XLA, whose shapes are fixed, a last batch that is not full runs in a
    graph of its own.

    Args:
        model: a compiled model with a built optimizer.
        data: the training arrays, copied to the device once.
        batch_size: samples a step.
        instrument: what watches the steps, or None.
        jit_compile: whether XLA compiles the loop.

    Returns:
        A function of the epoch's sample order (int32), the first batch, the batch after the last, and the batches
        among them to watch closely, `CHECKS_A_CALL` at most; it returns the metrics.
    """
    samples = len(data.x)
    full = samples // batch_size if jit_compile else -(-samples // batch_size)
    x, y = tf.constant(data.x), tf.constant(data.y)
    step = model.train_step
    plain = instrument.trace(step, 0) if instrument else step
    watched = instrument.trace(step, 1) if instrument else None

    def batch(order: Any, index: Any) -> tuple[Any, Any]:
        begin = index * batch_size
        if jit_compile:
            chosen = tf.slice(order, [begin], [batch_size])
        else:
            chosen = order[begin : tf.minimum(begin + batch_size, samples)]
        return tf.gather(x, chosen), tf.gather(y, chosen)

    def loop(run_step: Step, order: Any, begin: Any, end: Any) -> Any:
        def body(index: Any) -> Any:
            run_step(batch(order, index))
            return index + 1

        return tf.while_loop(lambda index: index < end, body, [begin], parallel_iterations=1)[0]

    def loop_and_check(order: Any, begin: Any, end: Any, checks: Any) -> None:
        assert watched is not None

        def body(index: Any, check: Any) -> Any:
            index = loop(plain, order, index, tf.minimum(end, checks[check]))
            return loop(watched, order, index, tf.minimum(end, index + 1)), check + 1

        tf.while_loop(lambda index, check: index < end, body, [begin, 0], parallel_iterations=1)

    @tf.function(jit_compile=jit_compile, autograph=False, reduce_retracing=False)
    def many(order: Any, begin: Any, end: Any, checks: Any) -> dict[str, Any]:
        if watched is None:
            loop(plain, order, begin, end)
        else:
            loop_and_check(order, begin, end, checks)
        return dict(model.get_metrics_result())

    @tf.function(autograph=False)
    def last(order: Any) -> dict[str, Any]:
        chosen = order[full * batch_size :]
        remainder = instrument.trace(step) if instrument else step
        remainder((tf.gather(x, chosen), tf.gather(y, chosen)))
        return dict(model.get_metrics_result())

    def run(order: np.ndarray, begin: int, end: int, checks: Sequence[int] = ()) -> dict[str, Any]:
        logs: dict[str, Any] = {}
        on_device = tf.constant(order)
        if full and (begin < full or begin == end):
            padded = np.full(CHECKS_A_CALL + 1, NO_CHECK, "int32")
            padded[: len(checks)] = checks
            logs = many(on_device, tf.constant(begin), tf.constant(min(end, full)), tf.constant(padded))
        if end > full:
            logs = last(on_device)
        return logs

    return run


def evaluation_steps(model: Any, data: Arrays, batch_size: int) -> Callable[[], dict[str, Any]]:
    """Builds a function that evaluates the model on all of `data`, in order, and returns the metrics."""
    samples = len(data.x)
    x, y = tf.constant(data.x), tf.constant(data.y)

    @tf.function(autograph=False)
    def run() -> dict[str, Any]:
        def body(begin: Any) -> Any:
            end = tf.minimum(begin + batch_size, samples)
            model.test_step((x[begin:end], y[begin:end]))
            return end

        tf.while_loop(lambda begin: begin < samples, body, [0], parallel_iterations=1)
        return dict(model.get_metrics_result())

    return run
