"""The loss of every step, in anybody's train function."""

from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from piste.callbacks.loss_tape import LossTape

X = np.arange(1.0, 5.0, dtype="float32")[:, np.newaxis]


def net(rate: Any) -> Any:
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, use_bias=False, kernel_initializer="ones")])
    model.compile(keras.optimizers.SGD(rate), "mse")
    model.optimizer.build(model.trainable_variables)
    return model


@pytest.mark.parametrize("level", [None, 0, 1])
@pytest.mark.parametrize("jit_compile", [False, True])
def test_it_reads_rate_and_loss_of_each_step_once(level: int | None, jit_compile: bool) -> None:
    model = net(keras.optimizers.schedules.InverseTimeDecay(0.05, 1, 1.0))
    tape = LossTape(model, 3)
    step = tf.function(tape.trace(model.train_step, level), jit_compile=jit_compile, autograph=False)
    batches = [X[:1], X[1:2], X[2:3]]
    weight, expected = 1.0, []
    for number, batch in enumerate(batches):
        rate = 0.05 / (1 + number)
        expected.append((rate, (weight * float(batch[0, 0])) ** 2))
        weight -= rate * 2 * weight * float(batch[0, 0]) ** 2
    for batch in batches[:2]:
        step((batch, 0 * batch))
    first = tape.read()
    step((batches[2], 0 * batches[2]))
    assert tape.done == 3
    np.testing.assert_allclose(first + tape.read(), expected, rtol=1e-5)
    assert tape.read() == []
    assert tape.checks(range(10)) == []


def test_a_rate_that_is_a_variable_is_that_before_the_step() -> None:
    model = net(0.25)

    def step(data: Any) -> Any:
        logs = model.train_step(data)
        model.optimizer.learning_rate.assign(7.0)
        return logs

    tape = LossTape(model, 2)
    tf.function(tape.trace(step), autograph=False)((X, X))
    assert tape.read() == [(0.25, 0.0)]
