"""Sums over passes against NumPy, and against what must come out on average."""

from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from piste.models.mc_dropout import mc_dropout
from piste.pipelines.loop.passes import run_passes

TABLE = np.array([[[0.5, 0.5], [1.0, 0.0]], [[0.75, 0.25], [0.0, 1.0]], [[0.25, 0.75], [1.0, 0.0]]])


class InTurns:
    """Says pass after pass what stands in a table (passes, samples, outputs)."""

    def __init__(self, table: Any) -> None:
        self.table, self.turn, self.output_shape = tf.constant(table), tf.Variable(0), (None, 2)

    def __call__(self, batch: Any, training: bool) -> Any:
        assert training is False
        return tf.gather(self.table[self.turn.assign_add(1) - 1], batch[:, 0])


def dropped_line(weights: Any) -> Any:
    """Dropout of one half, then a dense layer of these weights."""
    inputs = keras.Input((len(weights),))
    dense = keras.layers.Dense(1, use_bias=False)
    model = keras.Model(inputs, dense(keras.layers.Dropout(0.5)(inputs)))
    dense.set_weights([np.array(weights, "float32")[:, None]])
    return model


def test_three_passes_by_hand() -> None:
    got = run_passes(InTurns(TABLE), np.array([[0], [1]], "int32"), passes=3, batch_size=2, entropy=True)
    np.testing.assert_allclose(got.mean, [[0.5, 0.5], [2 / 3, 1 / 3]])
    np.testing.assert_allclose(got.std, [[np.sqrt(1 / 24)] * 2, [np.sqrt(2 / 9)] * 2])  # ddof 0
    quarters = -(0.75 * np.log(0.75) + 0.25 * np.log(0.25))
    np.testing.assert_allclose(got.entropy, [(np.log(2) + 2 * quarters) / 3, 0], atol=1e-15)


def test_a_small_deviation_beside_a_large_mean() -> None:
    table = 1e9 + np.array([[[0.0, 1.0]], [[1.0, 1.0]]])
    got = run_passes(InTurns(table), np.array([[0]], "int32"), passes=2, batch_size=2)
    np.testing.assert_allclose(got.std, [[0.5, 0.0]], rtol=1e-6)
    np.testing.assert_array_equal(got.entropy, [0])


@pytest.mark.parametrize("batch_size", [3, 7, 32])
def test_the_last_batch_may_be_smaller(batch_size: int) -> None:
    x = np.arange(7, dtype="float32")[:, None]
    got = run_passes(
        keras.Sequential([keras.Input((1,)), keras.layers.Rescaling(2.0)]), x, passes=2, batch_size=batch_size
    )
    np.testing.assert_array_equal(got.mean, 2 * x)
    np.testing.assert_array_equal(got.std, np.zeros((7, 1)))


def test_expectation_of_a_linear_net() -> None:
    """The sum of 2 m w x with m 0 or 1 has the mean sum of w x and the variance sum of (w x)^2."""
    x = np.tile(np.array([[1.0, 1.0, 2.0]], "float32"), (64, 1))
    got = run_passes(mc_dropout(dropped_line([1.0, -2.0, 3.0]), seed=0), x, passes=200, batch_size=48)
    draws, variance = 64 * 200, 1 + 4 + 36
    assert abs(got.mean.mean() - 5) < 3 * np.sqrt(variance / draws)
    # Each summand is +-a around its mean: fourth moment 3 (sum a^2)^2 - 2 sum a^4.
    noise = np.sqrt((3 * variance**2 - 2 * (1 + 16 + 1296) - variance**2) / draws)
    unbiased = np.square(got.std).mean() * 200 / 199
    assert abs(unbiased - variance) < 3 * noise
    assert len(np.unique(got.mean)) > 32  # samples that are alike have masks of their own


def test_expectation_of_softmax() -> None:
    """Two inputs have four equally likely masks, over which everything is summed by hand."""
    kernel = np.array([[1.0, -1.0], [0.5, 2.0]])
    inputs = keras.Input((2,))
    dense = keras.layers.Dense(2, "softmax", use_bias=False)
    model = keras.Model(inputs, dense(keras.layers.Dropout(0.5)(inputs)))
    dense.set_weights([kernel])
    logits = np.array([[0, 0], [2, 0], [0, 2], [2, 2]]) @ kernel
    p = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    entropies = -(p * np.log(p)).sum(axis=1)
    got = run_passes(mc_dropout(model, seed=0), np.ones((64, 2), "float32"), passes=200, batch_size=64, entropy=True)
    draws = np.sqrt(64 * 200)
    assert (abs(got.mean.mean(axis=0) - p.mean(axis=0)) < 3 * p.std(axis=0) / draws).all()
    assert abs(got.entropy.mean() - entropies.mean()) < 3 * entropies.std() / draws
    np.testing.assert_allclose(got.std.mean(axis=0), p.std(axis=0), rtol=0.02)
    plain = run_passes(model, np.ones((1, 2), "float32"), passes=2, batch_size=1)
    assert abs(plain.mean[0, 0] - p.mean(axis=0)[0]) > 0.02  # the mean over masks is not the plain pass
