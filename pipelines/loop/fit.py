"""`fit` over arrays that stay on the device: Keras owns the epochs, Piste the steps."""

from collections.abc import Callable, Sequence
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from piste.pipelines.data.dataset import Arrays
from piste.pipelines.data.order import epoch_order
from piste.pipelines.loop.chunks import ChunkCallbacks, Chunks
from piste.pipelines.loop.evaluation import evaluation_steps
from piste.pipelines.loop.grappler import same_graphs_watched_or_not
from piste.pipelines.loop.steps import TrainSteps
from piste.pipelines.loop.stream import stream_batches

TEST_BATCH = 256


def fit(
    model: keras.Model,
    train: Arrays,
    validation: Arrays | None = None,
    *,
    epochs: int,
    initial_epoch: int = 0,
    batch_size: int = 32,
    seed: int = 0,
    shuffle: bool = True,
    mode: str = "fused",
    callbacks: Sequence[Any] = (),
    verbose: int = 0,
) -> keras.callbacks.History:
    """Trains a compiled Keras model with Piste's loop.

    Args:
        model: a built and compiled model that takes `train.x` as it is stored.
        train: the training arrays.
        validation: evaluated after every epoch; None for none.
        epochs: passes over the training arrays, those before `initial_epoch` included.
        initial_epoch: the epoch to begin with, counted from 0, as Keras has it.
        batch_size: samples a step; the last batch of an epoch may be smaller.
        seed: chooses the order of the samples, a permutation of (seed, epoch).
        shuffle: False keeps the samples in their order.
        mode: "fused" compiles the loop with XLA, "graph" does without XLA, "stream" feeds batches from the host.
        callbacks: Keras callbacks; at most one of Piste's monitors in fused and graph mode.
        verbose: Keras's progress bar, 0 for none.

    Returns:
        Keras's History.

    Raises:
        ValueError: if the mode is unknown, or several monitors are passed to a compiled loop.
    """
    if mode not in ("fused", "graph", "stream"):
        raise ValueError(f"`mode` must be fused, graph or stream. Received: {mode!r}.")

    def order(epoch: int) -> np.ndarray:
        return epoch_order(len(train.x), seed, epoch) if shuffle else np.arange(len(train.x), dtype="int32")

    arguments = {"epochs": epochs, "initial_epoch": initial_epoch, "shuffle": False, "verbose": verbose}
    with same_graphs_watched_or_not():
        if mode == "stream":
            held_out = stream_batches(validation, TEST_BATCH) if validation else None
            batches = stream_batches(train, batch_size, lambda passed: order(initial_epoch + passed))
            return model.fit(batches, validation_data=held_out, callbacks=list(callbacks), **arguments)
        return _fit_compiled(model, train, validation, batch_size, order, mode == "fused", callbacks, arguments)


def _fit_compiled(
    model: Any,
    train: Arrays,
    validation: Arrays | None,
    batch_size: int,
    order: Callable[[int], np.ndarray],
    jit_compile: bool,
    callbacks: Sequence[Any],
    arguments: dict[str, Any],
) -> Any:
    monitors = [callback for callback in callbacks if hasattr(callback, "lend_instrument")]
    if len(monitors) > 1:
        names = " and ".join(type(monitor).__name__ for monitor in monitors)
        raise ValueError(
            f"The compiled loop carries one monitor. Received: {names}; use HealthMonitor, which measures both."
        )
    if not model.optimizer.built:  # a loss-scaling optimizer would make its variables anew
        model.optimizer.build(model.trainable_variables)
    plain = model.train_function
    restore = None
    try:
        instrument = monitors[0].lend_instrument(model) if monitors else None
        train_steps = TrainSteps(model, train, batch_size, instrument, jit_compile)
        steps = -(-len(train.x) // batch_size)
        chunks = Chunks(train_steps, steps, order, instrument)
        test = evaluation_steps(model, validation, TEST_BATCH) if validation else None
        shown = {"add_progbar": arguments["verbose"] != 0, "verbose": arguments["verbose"]}
        hooks = ChunkCallbacks(
            chunks, test, callbacks=list(callbacks), add_history=True, epochs=arguments["epochs"], steps=steps,
            model=model, **shown,
        )  # fmt: skip
        restore = hooks.restore
        model.train_function = lambda iterator: chunks.run()  # a plain function survives copy.deepcopy(model)
        # Keras counts these elements and calls the train function for each; what to train on, the loop knows.
        tickets, ticket = tf.data.Dataset.range(steps), tf.data.Dataset.range(1) if validation else None
        return model.fit(tickets, validation_data=ticket, callbacks=hooks, **arguments)
    finally:
        model.train_function = plain
        if restore is not None:
            restore()
        for monitor in monitors:
            monitor.return_instrument()
