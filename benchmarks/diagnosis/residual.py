"""Faulty recipes with skip connections."""

import keras
import numpy as np
from keras import layers

from benchmarks.diagnosis.data import mixture
from benchmarks.diagnosis.nets import compiled, constant, normal, numbered, residual_mlp, stack
from benchmarks.diagnosis.recipe import Setup, faulty

SGD, Adam = keras.optimizers.SGD, keras.optimizers.Adam


@faulty("EXPLODING", "NONFINITE", companions=("DEAD", "NO_GRADIENT"))
def residual_10_unnormalized(random: np.random.Generator) -> Setup:
    """Each sum triples the signal, forward and back."""

    def branch(place: int) -> list[layers.Layer]:
        return [layers.Dense(64, "relu", kernel_initializer=normal(0.5), name=numbered("dense", place))]

    return Setup(compiled(residual_mlp(10, branch), SGD(0.01)), *mixture(random))


@faulty("DEAD", layers=("dense_1", "dense_3"))
def residual_dead_branches(random: np.random.Generator) -> Setup:
    """The trunk learns around branches that do nothing."""

    def branch(place: int) -> list[layers.Layer]:
        bias = constant(-20.0 if place in (1, 3) else 0.0)
        name = numbered("dense", place)
        inner = layers.Dense(64, "relu", kernel_initializer="he_normal", bias_initializer=bias, name=name)
        return [inner, layers.Dense(64, kernel_initializer=normal(0.02), name=f"out_{place}")]

    return Setup(compiled(residual_mlp(4, branch), SGD(0.02)), *mixture(random))


@faulty("SATURATED", layers=("dense*",))
def residual_tanh_branches_too_large(random: np.random.Generator) -> Setup:
    def branch(place: int) -> list[layers.Layer]:
        inner = layers.Dense(64, "tanh", kernel_initializer=normal(3.0), name=numbered("dense", place))
        return [inner, layers.Dense(64, kernel_initializer=normal(0.02), name=f"out_{place}")]

    return Setup(compiled(residual_mlp(3, branch), Adam(1e-3)), *mixture(random))


@faulty("VANISHING", layers=("dense",), companions=("DEAD",))
def sigmoid_trunk_before_residual(random: np.random.Generator) -> Setup:
    """Skip connections do not help the layers before them."""

    def branch(place: int) -> list[layers.Layer]:
        return [layers.Dense(64, "relu", kernel_initializer=normal(0.02), name=f"block_{place}")]

    stem = [layers.Dense(64, "sigmoid", name=numbered("dense", place)) for place in range(7)]
    model = stack(layers.Input((64,)), *stem, residual_mlp(2, branch))
    return Setup(compiled(model, SGD(0.1)), *mixture(random))
