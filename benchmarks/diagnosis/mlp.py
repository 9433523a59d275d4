"""Faulty recipes without convolutions: what the initialiser, the activation or the depth does wrong."""

import keras
import numpy as np
from keras import layers

from benchmarks.diagnosis.data import blobs, circles, mixture
from benchmarks.diagnosis.nets import compiled, constant, mlp, normal, stack
from benchmarks.diagnosis.recipe import Setup, faulty

FIRST = ("dense",)
SGD, Adam = keras.optimizers.SGD, keras.optimizers.Adam


@faulty("VANISHING", layers=FIRST)
def sigmoid_6(random: np.random.Generator) -> Setup:
    return Setup(compiled(mlp(6, 100, "sigmoid", "glorot_uniform"), SGD(0.1)), *mixture(random))


@faulty("VANISHING", layers=FIRST)
def sigmoid_10_adam(random: np.random.Generator) -> Setup:
    return Setup(compiled(mlp(10, 100, "sigmoid", "glorot_uniform"), Adam(1e-3)), *mixture(random))


@faulty("VANISHING", layers=FIRST)
def circle_sigmoid(random: np.random.Generator) -> Setup:
    model = mlp(8, 5, "sigmoid", "he_uniform", features=2, outputs=1, output="sigmoid")
    return Setup(compiled(model, Adam(1e-3), "binary_crossentropy"), *circles(random), batch_size=128, epochs=8)


@faulty("VANISHING", layers=FIRST)
def eight_bits(random: np.random.Generator) -> Setup:
    """Sigmoids learn a random map of eight bits; Stack Overflow question 39217567."""
    model = mlp(4, 8, "sigmoid", normal(0.05), features=8, outputs=8, output="sigmoid")
    x = random.integers(0, 2, (3_200, 8)).astype("float32")
    codes = random.integers(0, 2, (256, 8)).astype("float32")
    return Setup(compiled(model, SGD(0.1), "mse"), x, codes[(x @ 2 ** np.arange(8)).astype(int)])


@faulty("VANISHING", layers=FIRST)
def tanh_10_small(random: np.random.Generator) -> Setup:
    return Setup(compiled(mlp(10, 64, "tanh", normal(0.01)), SGD(0.1)), *mixture(random))


@faulty("VANISHING", layers=FIRST, companions=("DEAD", "NO_GRADIENT"))
def relu_10_small(random: np.random.Generator) -> Setup:
    init = keras.initializers.RandomUniform(-0.05, 0.05)
    return Setup(compiled(mlp(10, 64, "relu", init), SGD(0.01)), *mixture(random))


@faulty("VANISHING", layers=FIRST, companions=("DEAD",))
def relu_30_glorot(random: np.random.Generator) -> Setup:
    return Setup(compiled(mlp(30, 100, "relu", "glorot_uniform"), SGD(0.05)), *mixture(random))


@faulty("VANISHING", layers=FIRST)
def gelu_8_small(random: np.random.Generator) -> Setup:
    return Setup(compiled(mlp(8, 64, "gelu", normal(0.05)), SGD(0.05)), *mixture(random))


@faulty("EXPLODING", "NONFINITE", companions=("DEAD", "NO_GRADIENT", "SATURATED"))
def relu_10_normal(random: np.random.Generator) -> Setup:
    return Setup(compiled(mlp(10, 100, "relu", normal(1.0)), SGD(0.1)), *mixture(random))


@faulty("EXPLODING", "NONFINITE", companions=("DEAD", "NO_GRADIENT"))
def relu_10_wide_normal(random: np.random.Generator) -> Setup:
    return Setup(compiled(mlp(10, 100, "relu", normal(0.3)), SGD(0.1)), *mixture(random))


@faulty("EXPLODING", "NONFINITE")
def leaky_8_large(random: np.random.Generator) -> Setup:
    init = keras.initializers.VarianceScaling(16.0, "fan_avg")
    return Setup(compiled(mlp(8, 64, "leaky_relu", init), Adam(1e-3)), *mixture(random))


@faulty("NONFINITE", "EXPLODING")
def exponential_6(random: np.random.Generator) -> Setup:
    model = mlp(6, 5, "exponential", "he_uniform", features=2, outputs=3)
    return Setup(compiled(model, SGD(0.01)), *blobs(random))


@faulty("DEAD", "NO_GRADIENT", layers=("dense*", "head"))
def relu_bias_minus_5(random: np.random.Generator) -> Setup:
    return Setup(compiled(mlp(5, 100, "relu", "he_normal", bias=constant(-5.0)), SGD(0.1)), *mixture(random))


@faulty("DEAD", "NO_GRADIENT", layers=("dense*", "head"), companions=("VANISHING",))
def relu_narrow(random: np.random.Generator) -> Setup:
    """Width 2 at depth 20 is born dead with a chance of over 99 %; Lu et al., 2019."""
    return Setup(compiled(mlp(20, 2, "relu", "he_normal"), SGD(0.05)), *mixture(random))


@faulty("DEAD", layers=("dense_2",), companions=("NO_GRADIENT", "VANISHING"))
def relu_one_dead_layer(random: np.random.Generator) -> Setup:
    model = mlp(5, 100, "relu", "he_normal")
    model.get_layer("dense_2").bias.assign(np.full(100, -15.0))
    return Setup(compiled(model, SGD(0.05)), *mixture(random))


@faulty("DEAD", layers=("dense_1",))
def relu_most_dead_in_one_layer(random: np.random.Generator) -> Setup:
    """Seven units in ten never fire, and the net learns with the others."""
    model = mlp(3, 100, "relu", "he_normal")
    model.get_layer("dense_1").bias.assign(np.where(np.arange(100) < 70, -20.0, 0.0))
    return Setup(compiled(model, SGD(0.05)), *mixture(random))


@faulty("DEAD", layers=("dense_1",), companions=("NO_GRADIENT", "VANISHING", "EXPLODING"))
def relu6_above_six(random: np.random.Generator) -> Setup:
    model = mlp(3, 100, "relu6", "he_normal")
    model.get_layer("dense_1").bias.assign(np.full(100, 30.0))
    return Setup(compiled(model, SGD(0.05)), *mixture(random))


@faulty("NO_GRADIENT", "DEAD")
def relu_output(random: np.random.Generator) -> Setup:
    """ReLU as the output of a classifier of two classes; Stack Overflow question 44066044."""
    model = mlp(2, 12, "relu", normal(0.05), features=2, outputs=1, output="relu")
    model.get_layer("head").bias.assign([-1.0])
    return Setup(compiled(model, Adam(1e-3), "binary_crossentropy"), *circles(random))


@faulty("SATURATED", layers=FIRST, companions=("VANISHING", "DEAD"))
def tanh_unscaled(random: np.random.Generator) -> Setup:
    x, y = mixture(random)
    return Setup(compiled(mlp(3, 64, "tanh", "glorot_uniform"), SGD(0.1)), 1_000 * x, y)


@faulty("SATURATED", layers=("dense*",), companions=("EXPLODING", "VANISHING"))
def tanh_5_normal(random: np.random.Generator) -> Setup:
    return Setup(compiled(mlp(5, 100, "tanh", normal(1.0)), SGD(0.1)), *mixture(random))


@faulty("SATURATED", layers=FIRST, companions=("EXPLODING",))
def sigmoid_normal_unscaled(random: np.random.Generator) -> Setup:
    x, y = mixture(random)
    return Setup(compiled(mlp(2, 100, "sigmoid", normal(1.0)), SGD(0.1)), 10 * x, y)


@faulty("SATURATED", layers=FIRST, companions=("DEAD", "VANISHING", "NO_GRADIENT"))
def hard_sigmoid_unscaled(random: np.random.Generator) -> Setup:
    x, y = mixture(random)
    return Setup(compiled(mlp(2, 64, "hard_sigmoid", "glorot_uniform"), Adam(1e-3)), 300 * x, y)


@faulty("SATURATED", layers=FIRST, companions=("VANISHING",))
def softsign_unscaled(random: np.random.Generator) -> Setup:
    x, y = mixture(random)
    return Setup(compiled(mlp(3, 64, "softsign", "glorot_uniform"), Adam(1e-3)), 1_000 * x, y)


@faulty("SYMMETRIC", layers=("dense*",), companions=("VANISHING", "DEAD"))
def relu_5_constant(random: np.random.Generator) -> Setup:
    return Setup(compiled(mlp(5, 100, "relu", constant(0.01)), SGD(0.1)), *mixture(random))


@faulty("SYMMETRIC", layers=FIRST)
def tanh_ones(random: np.random.Generator) -> Setup:
    return Setup(compiled(mlp(2, 32, "tanh", constant(0.05)), Adam(1e-3)), *mixture(random))


@faulty("SYMMETRIC", layers=("dense_1",))
def relu_one_symmetric_layer(random: np.random.Generator) -> Setup:
    hidden = [layers.Dense(64, "relu", kernel_initializer="he_normal", name=name) for name in ("dense", "dense_1")]
    hidden[1].kernel_initializer = constant(0.02)
    model = stack(layers.Input((64,)), *hidden, layers.Dense(10, "softmax", kernel_initializer="zeros", name="head"))
    return Setup(compiled(model, SGD(0.05)), *mixture(random))


@faulty("NO_GRADIENT", "SYMMETRIC", layers=("dense*", "head"), companions=("DEAD",))
def relu_zeros(random: np.random.Generator) -> Setup:
    return Setup(compiled(mlp(3, 64, "relu", "zeros"), SGD(0.1)), *mixture(random))


@faulty("NO_GRADIENT", companions=("DEAD",))
def softmax_of_one(random: np.random.Generator) -> Setup:
    """A softmax of one unit is 1 whatever its input; Keras reads a crossentropy past it, but no other loss."""
    model = mlp(3, 32, "relu", "he_normal", features=2, outputs=1, output="softmax")
    return Setup(compiled(model, SGD(0.1), "mse"), *circles(random))


@faulty("NO_GRADIENT")
def sign_in_the_middle(random: np.random.Generator) -> Setup:
    """Signs of pre-activations let no gradient through."""
    dense = [layers.Dense(64, "tanh", name=name) for name in ("dense", "dense_1", "dense_2")]
    model = stack(
        layers.Input((64,)), *dense[:2], layers.Lambda(keras.ops.sign), dense[2],
        layers.Dense(10, "softmax", name="head"),
    )  # fmt: skip
    return Setup(compiled(model, Adam(1e-3)), *mixture(random))
