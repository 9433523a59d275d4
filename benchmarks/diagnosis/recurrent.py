"""Faulty recipes on sequences and words."""

import keras
import numpy as np
from keras import layers

from benchmarks.diagnosis.data import sequences, tokens
from benchmarks.diagnosis.nets import compiled, constant, normal, numbered, stack
from benchmarks.diagnosis.recipe import Setup, faulty

SGD, Adam = keras.optimizers.SGD, keras.optimizers.Adam
LOST = ("DEAD", "NO_GRADIENT", "VANISHING")


@faulty("NONFINITE", "EXPLODING", companions=LOST)
def rnn_relu_gain_3(random: np.random.Generator) -> Setup:
    """Fifty steps back in time at three times the gain that keeps a signal."""
    memory = layers.SimpleRNN(32, "relu", recurrent_initializer=keras.initializers.Orthogonal(3.0))
    model = stack(layers.Input((50, 4)), memory, layers.Dense(3, "softmax", name="head"))
    return Setup(compiled(model, SGD(0.1)), *sequences(random, length=50))


@faulty("NONFINITE", "EXPLODING", companions=LOST)
def rnn_linear_learns_to_explode(random: np.random.Generator) -> Setup:
    memory = layers.SimpleRNN(32, "linear", recurrent_initializer=keras.initializers.Orthogonal(1.0))
    model = stack(layers.Input((40, 4)), memory, layers.Dense(1, name="head"))
    x, _ = sequences(random, length=40)
    return Setup(compiled(model, SGD(0.5), "mse"), x, x.sum(axis=(1, 2))[:, np.newaxis])


@faulty("NONFINITE", "EXPLODING", companions=LOST)
def lstm_unscaled_targets(random: np.random.Generator) -> Setup:
    x, _ = sequences(random)
    y = 10_000 + 1_000 * x[:, -1, :1]
    hidden = layers.Dense(16, "relu", kernel_initializer="he_normal", name="dense")
    model = stack(layers.Input((20, 4)), layers.LSTM(16), hidden, layers.Dense(1, name="head"))
    return Setup(compiled(model, SGD(0.1), "mse"), x, y)


@faulty("VANISHING", layers=("lstm", "dense"))
def lstm_under_sigmoids(random: np.random.Generator) -> Setup:
    hidden = [layers.Dense(32, "sigmoid", name=numbered("dense", place)) for place in range(7)]
    model = stack(layers.Input((20, 4)), layers.LSTM(16, name="lstm"), *hidden, layers.Dense(3, "softmax", name="head"))
    return Setup(compiled(model, Adam(1e-3)), *sequences(random))


@faulty("SATURATED", layers=("dense",), companions=("VANISHING",))
def embedding_too_large(random: np.random.Generator) -> Setup:
    model = stack(
        layers.Input((16,)), layers.Embedding(200, 16, embeddings_initializer=normal(50.0)), layers.Flatten(),
        layers.Dense(64, "tanh", name="dense"), layers.Dense(3, "softmax", name="head"),
    )  # fmt: skip
    return Setup(compiled(model, Adam(1e-3)), *tokens(random))


@faulty("SYMMETRIC", layers=("lstm*",))
def lstm_constant(random: np.random.Generator) -> Setup:
    """All units of an LSTM get the same weights, so it is as good as one."""
    memory = layers.LSTM(16, kernel_initializer=constant(0.1), recurrent_initializer=constant(0.1), name="lstm")
    model = stack(layers.Input((20, 4)), memory, layers.Dense(3, "softmax", kernel_initializer="zeros", name="head"))
    return Setup(compiled(model, Adam(1e-3)), *sequences(random))
