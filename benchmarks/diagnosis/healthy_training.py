"""Healthy recipes whose training is unusual: regularised, normalised, in half precision, clipped, frozen."""

import keras
import numpy as np
from keras import layers

from benchmarks.diagnosis.data import curve, images, mixture
from benchmarks.diagnosis.nets import compiled, mlp, stack
from benchmarks.diagnosis.recipe import Setup, healthy

SGD, Adam = keras.optimizers.SGD, keras.optimizers.Adam
HEAD = {"units": 10, "activation": "softmax", "name": "head"}


def _repeated(depth: int, *makers: type[layers.Layer], units: int = 64, activation: str = "relu") -> list[layers.Layer]:
    """Makes dense layers without an activation, each followed by `makers` and the activation."""
    parts = []
    for _ in range(depth):
        parts += [layers.Dense(units, kernel_initializer="he_normal"), *[maker() for maker in makers]]
        parts.append(layers.Activation(activation))
    return parts


@healthy
def batch_normalized_10(random: np.random.Generator) -> Setup:
    """The biases before a batch normalisation have gradients that are rounding noise."""
    parts = _repeated(10, layers.BatchNormalization)
    return Setup(compiled(stack(layers.Input((64,)), *parts, layers.Dense(**HEAD)), Adam(1e-3)), *mixture(random))


@healthy
def batch_normalized_sigmoid_3(random: np.random.Generator) -> Setup:
    parts = _repeated(3, layers.BatchNormalization, activation="sigmoid")
    return Setup(compiled(stack(layers.Input((64,)), *parts, layers.Dense(**HEAD)), Adam(3e-3)), *mixture(random))


@healthy
def layer_normalized_6(random: np.random.Generator) -> Setup:
    parts = _repeated(6, layers.LayerNormalization, activation="gelu")
    return Setup(compiled(stack(layers.Input((64,)), *parts, layers.Dense(**HEAD)), Adam(1e-3)), *mixture(random))


@healthy
def dropout_half(random: np.random.Generator) -> Setup:
    parts = []
    for _ in range(3):
        parts += [layers.Dense(128, "relu", kernel_initializer="he_normal"), layers.Dropout(0.5)]
    return Setup(compiled(stack(layers.Input((64,)), *parts, layers.Dense(**HEAD)), Adam(1e-3)), *mixture(random))


@healthy
def l1_regularized(random: np.random.Generator) -> Setup:
    """Most weights of the first layer go to zero, as they should."""
    hidden = [
        layers.Dense(64, "relu", kernel_initializer="he_normal", kernel_regularizer=keras.regularizers.L1(penalty))
        for penalty in (1e-3, 1e-3)
    ]
    return Setup(compiled(stack(layers.Input((64,)), *hidden, layers.Dense(**HEAD)), Adam(1e-3)), *mixture(random))


@healthy
def l2_and_weight_decay(random: np.random.Generator) -> Setup:
    optimizer = keras.optimizers.AdamW(1e-3, weight_decay=0.05)
    return Setup(compiled(mlp(4, 64, "elu", "he_normal"), optimizer), *mixture(random))


@healthy
def bfloat16(random: np.random.Generator) -> Setup:
    hidden = [
        layers.Dense(64, "relu", kernel_initializer="he_normal", dtype="mixed_bfloat16", name=f"hidden_{place}")
        for place in range(4)
    ]
    return Setup(compiled(stack(layers.Input((64,)), *hidden, layers.Dense(**HEAD)), Adam(1e-3)), *mixture(random))


@healthy
def float16_scaled(random: np.random.Generator) -> Setup:
    """The loss scale starts too high, so the first steps are skipped until it fits."""
    hidden = [
        layers.Dense(64, "relu", kernel_initializer="he_normal", dtype="mixed_float16", name=f"hidden_{place}")
        for place in range(4)
    ]
    optimizer = keras.optimizers.LossScaleOptimizer(Adam(1e-3), initial_scale=2.0**24)
    return Setup(compiled(stack(layers.Input((64,)), *hidden, layers.Dense(**HEAD)), optimizer), *mixture(random))


@healthy
def clipped(random: np.random.Generator) -> Setup:
    """Every gradient is clipped, which keeps the steps small."""
    model = mlp(4, 64, "relu", "he_normal", features=8, outputs=1, output=None)
    x, y = curve(random)
    return Setup(compiled(model, SGD(0.1, clipnorm=0.1), "mse"), x, 5 * y)


@healthy
def warm_up_and_decay(random: np.random.Generator) -> Setup:
    schedule = keras.optimizers.schedules.CosineDecay(0.0, 250, warmup_target=0.1, warmup_steps=50)
    return Setup(compiled(mlp(4, 64, "elu", "he_normal"), SGD(schedule)), *mixture(random))


@healthy
def batches_of_256(random: np.random.Generator) -> Setup:
    return Setup(compiled(mlp(3, 64, "relu", "he_normal"), Adam(3e-3)), *mixture(random), batch_size=256, epochs=15)


@healthy
def autoencoder(random: np.random.Generator) -> Setup:
    """Narrow in the middle, sigmoid pixels at the end."""
    x, _ = images(random)
    x = x.reshape(len(x), 784)
    hidden = [layers.Dense(units, "elu", kernel_initializer="he_normal") for units in (128, 16, 128)]
    model = stack(layers.Input((784,)), *hidden, layers.Dense(784, "sigmoid", name="head"))
    return Setup(compiled(model, Adam(1e-3), "mse"), x, x)


@healthy
def frozen_layers(random: np.random.Generator) -> Setup:
    """Random features stay as they are; only the layers after them learn."""
    frozen = [layers.Dense(128, "relu", kernel_initializer="he_normal", trainable=False) for _ in range(3)]
    learning = layers.Dense(64, "relu", kernel_initializer="he_normal", name="learning")
    model = stack(layers.Input((64,)), *frozen, learning, layers.Dense(**HEAD))
    return Setup(compiled(model, Adam(1e-3)), *mixture(random))


@healthy
def zero_output_layer(random: np.random.Generator) -> Setup:
    """An output layer of zeros lets no gradient through at the first step, and learns from then on."""
    hidden = [layers.Dense(64, "relu", kernel_initializer="he_normal") for _ in range(3)]
    model = stack(layers.Input((64,)), *hidden, layers.Dense(**HEAD, kernel_initializer="zeros"))
    return Setup(compiled(model, SGD(0.05)), *mixture(random))
