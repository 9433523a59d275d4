"""Faulty recipes with convolutions and batch normalisation."""

import keras
import numpy as np
from keras import layers

from benchmarks.diagnosis.data import images, small_images
from benchmarks.diagnosis.nets import cnn, compiled, constant, normal, numbered, stack
from benchmarks.diagnosis.recipe import Setup, faulty

SGD, Adam = keras.optimizers.SGD, keras.optimizers.Adam
FIRST = ("conv",)


@faulty("VANISHING", layers=FIRST)
def conv_sigmoid_8(random: np.random.Generator) -> Setup:
    return Setup(compiled(cnn([8] * 8, "sigmoid", "glorot_uniform"), Adam(1e-3)), *small_images(random))


@faulty("VANISHING", layers=FIRST)
def conv_leaky_7_small(random: np.random.Generator) -> Setup:
    return Setup(compiled(cnn([8] * 7, "leaky_relu", normal(0.03)), SGD(0.05)), *small_images(random))


@faulty("EXPLODING", "NONFINITE", companions=("DEAD", "NO_GRADIENT"))
def conv_relu_6_normal(random: np.random.Generator) -> Setup:
    return Setup(compiled(cnn([16] * 6, "relu", normal(1.0)), SGD(0.01)), *small_images(random))


@faulty("DEAD", layers=("conv_1",), companions=("NO_GRADIENT", "VANISHING"))
def conv_one_dead_layer(random: np.random.Generator) -> Setup:
    model = cnn([16, 16, 16], "relu", "he_normal")
    model.get_layer("conv_1").bias.assign(np.full(16, -30.0))
    return Setup(compiled(model, SGD(0.05)), *small_images(random))


@faulty("DEAD", "NONFINITE", "NO_GRADIENT", "EXPLODING", companions=("VANISHING",))
def conv_raw_pixels_rate_1(random: np.random.Generator) -> Setup:
    x, y = small_images(random)
    return Setup(compiled(cnn([16, 16], "relu", "he_normal"), SGD(1.0)), 255 * x, y)


@faulty("SATURATED", layers=FIRST, companions=("VANISHING",))
def conv_tanh_raw_pixels(random: np.random.Generator) -> Setup:
    x, y = images(random)
    hidden = [
        layers.Conv2D(8, 3, strides=2, activation="tanh", kernel_initializer=normal(0.3), name=numbered("conv", place))
        for place in range(2)
    ]
    model = stack(layers.Input((28, 28, 1)), *hidden, layers.Flatten(), layers.Dense(10, "softmax", name="head"))
    return Setup(compiled(model, Adam(1e-3)), 255 * x + 20, y)


@faulty("SYMMETRIC", layers=("conv*",), companions=("VANISHING", "DEAD", "NO_GRADIENT"))
def conv_constant(random: np.random.Generator) -> Setup:
    return Setup(compiled(cnn([8, 8, 8], "relu", constant(0.05)), SGD(0.05)), *small_images(random))


@faulty("DEAD", layers=("act_1",), companions=("NO_GRADIENT", "VANISHING"))
def normalized_to_death(random: np.random.Generator) -> Setup:
    """The shift of a batch normalisation holds every unit of the ReLU after it below zero."""
    parts = [layers.Input((14, 14, 1))]
    for place in range(3):
        shift = constant(-12.0 if place == 1 else 0.0)
        parts += [
            layers.Conv2D(16, 3, kernel_initializer="he_normal", name=numbered("conv", place)),
            layers.BatchNormalization(beta_initializer=shift, name=numbered("norm", place)),
            layers.ReLU(name=numbered("act", place)),
        ]
    model = stack(*parts, layers.GlobalAveragePooling2D(), layers.Dense(10, "softmax", name="head"))
    return Setup(compiled(model, Adam(1e-3)), *small_images(random))
