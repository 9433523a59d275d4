"""Healthy recipes of dense layers: every activation with its matched initialiser, shallow and deep."""

import keras
import numpy as np
from keras import layers

from benchmarks.diagnosis.data import blobs, circles, curve, images, mixture
from benchmarks.diagnosis.nets import CLASSES, compiled, mlp, numbered, stack
from benchmarks.diagnosis.recipe import Setup, healthy

SGD, Adam = keras.optimizers.SGD, keras.optimizers.Adam


@healthy
def relu_3(random: np.random.Generator) -> Setup:
    return Setup(compiled(mlp(3, 100, "relu", "he_normal"), SGD(0.05)), *mixture(random))


@healthy
def relu_10(random: np.random.Generator) -> Setup:
    return Setup(compiled(mlp(10, 100, "relu", "he_normal"), Adam(1e-3)), *mixture(random))


@healthy
def relu_5_rate_half(random: np.random.Generator) -> Setup:
    """The rate is high, and the net learns all the same."""
    return Setup(compiled(mlp(5, 100, "relu", "he_normal"), SGD(0.5)), *mixture(random))


@healthy
def relu_sparse_400(random: np.random.Generator) -> Setup:
    """Most units of a wide net are silent on most samples, which is not dead."""
    model = mlp(3, 400, "relu", "he_normal", bias=keras.initializers.Constant(-1.0))
    return Setup(compiled(model, Adam(1e-3)), *mixture(random))


@healthy
def relu6_3(random: np.random.Generator) -> Setup:
    return Setup(compiled(mlp(3, 64, "relu6", "he_normal"), Adam(1e-3)), *mixture(random))


@healthy
def leaky_relu_6(random: np.random.Generator) -> Setup:
    return Setup(compiled(mlp(6, 64, "leaky_relu", "he_normal"), SGD(0.05)), *mixture(random))


@healthy
def prelu_3(random: np.random.Generator) -> Setup:
    parts = []
    for place in range(3):
        parts += [layers.Dense(64, kernel_initializer="he_normal"), layers.PReLU(name=numbered("act", place))]
    model = stack(layers.Input((64,)), *parts, layers.Dense(10, "softmax", name="head"))
    return Setup(compiled(model, Adam(1e-3)), *mixture(random))


@healthy
def elu_10(random: np.random.Generator) -> Setup:
    return Setup(compiled(mlp(10, 100, "elu", "he_normal"), SGD(0.02)), *mixture(random))


@healthy
def selu_20(random: np.random.Generator) -> Setup:
    return Setup(compiled(mlp(20, 100, "selu", "lecun_normal"), SGD(0.01)), *mixture(random))


@healthy
def gelu_10(random: np.random.Generator) -> Setup:
    return Setup(compiled(mlp(10, 64, "gelu", "he_normal"), Adam(1e-3)), *mixture(random))


@healthy
def swish_5(random: np.random.Generator) -> Setup:
    return Setup(compiled(mlp(5, 64, "swish", "he_normal"), Adam(1e-3)), *mixture(random))


@healthy
def mish_5(random: np.random.Generator) -> Setup:
    return Setup(compiled(mlp(5, 64, "mish", "he_normal"), Adam(1e-3)), *mixture(random))


@healthy
def softplus_3(random: np.random.Generator) -> Setup:
    return Setup(compiled(mlp(3, 64, "softplus", "glorot_uniform"), Adam(1e-3)), *mixture(random))


@healthy
def tanh_5(random: np.random.Generator) -> Setup:
    return Setup(compiled(mlp(5, 100, "tanh", "glorot_uniform"), SGD(0.1)), *mixture(random))


@healthy
def tanh_10(random: np.random.Generator) -> Setup:
    return Setup(compiled(mlp(10, 64, "tanh", "glorot_uniform"), Adam(1e-3)), *mixture(random))


@healthy
def softsign_5(random: np.random.Generator) -> Setup:
    return Setup(compiled(mlp(5, 64, "softsign", "glorot_uniform"), SGD(0.1)), *mixture(random))


@healthy
def sigmoid_2(random: np.random.Generator) -> Setup:
    return Setup(compiled(mlp(2, 100, "sigmoid", "glorot_uniform"), SGD(0.5)), *mixture(random))


@healthy
def hard_sigmoid_2(random: np.random.Generator) -> Setup:
    return Setup(compiled(mlp(2, 64, "hard_sigmoid", "glorot_uniform"), Adam(3e-3)), *mixture(random))


@healthy
def relu_circles(random: np.random.Generator) -> Setup:
    model = mlp(3, 32, "relu", "he_normal", features=2, outputs=1, output="sigmoid")
    return Setup(compiled(model, Adam(3e-3), "binary_crossentropy"), *circles(random))


@healthy
def relu_logits(random: np.random.Generator) -> Setup:
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    return Setup(compiled(mlp(3, 64, "relu", "he_normal", output=None), Adam(1e-3), loss), *mixture(random))


@healthy
def converged_relu(random: np.random.Generator) -> Setup:
    """The loss falls below 1e-5, and the gradients with it."""
    model = mlp(3, 64, "relu", "he_normal", features=2, outputs=3)
    return Setup(compiled(model, Adam(1e-2)), *blobs(random, spread=0.5), epochs=6)


@healthy
def converged_tanh(random: np.random.Generator) -> Setup:
    model = mlp(4, 64, "tanh", "glorot_uniform", features=2, outputs=3)
    return Setup(compiled(model, Adam(1e-2)), *blobs(random, spread=0.5), epochs=6)


@healthy
def converged_regression(random: np.random.Generator) -> Setup:
    """A linear target is learned down to rounding."""
    x = random.normal(size=(3_200, 8)).astype("float32")
    model = mlp(2, 64, "elu", "he_normal", features=8, outputs=1, output=None)
    schedule = keras.optimizers.schedules.CosineDecay(1e-2, 600)
    return Setup(compiled(model, Adam(schedule), "mse"), x, x[:, :1] - 0.5 * x[:, 1:2], epochs=6)


@healthy
def relu_regression(random: np.random.Generator) -> Setup:
    model = mlp(4, 64, "relu", "he_normal", features=8, outputs=1, output=None)
    return Setup(compiled(model, Adam(1e-3), "mse"), *curve(random))


@healthy
def tanh_regression_huber(random: np.random.Generator) -> Setup:
    model = mlp(3, 64, "tanh", "glorot_uniform", features=8, outputs=1, output=None)
    return Setup(compiled(model, SGD(0.05, momentum=0.9), "huber"), *curve(random))


@healthy
def relu_fashion(random: np.random.Generator) -> Setup:
    hidden = [layers.Dense(units, "relu", kernel_initializer="he_normal") for units in (300, 100)]
    model = stack(layers.Input((28, 28, 1)), layers.Flatten(), *hidden, layers.Dense(10, "softmax", name="head"))
    return Setup(compiled(model, SGD(0.01, momentum=0.9, nesterov=True)), *images(random))


@healthy
def linear_only(random: np.random.Generator) -> Setup:
    """A softmax regression has no hidden layer."""
    model = stack(layers.Input((64,)), layers.Dense(10, "softmax", name="head"))
    return Setup(compiled(model, SGD(0.1)), *mixture(random))


@healthy
def noisy_labels(random: np.random.Generator) -> Setup:
    """Nothing can be learned from random labels but their frequencies."""
    x, _ = mixture(random)
    y = random.choice(10, size=len(x), p=[0.55] + [0.05] * 9)
    return Setup(compiled(mlp(3, 64, "relu", "he_normal"), Adam(1e-3), CLASSES), x, y)
