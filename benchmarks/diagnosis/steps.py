"""Faulty recipes whose steps are too large: learning rates, and data that nobody scaled."""

import keras
import numpy as np

from benchmarks.diagnosis.data import curve, mixture
from benchmarks.diagnosis.nets import RateBurst, compiled, mlp
from benchmarks.diagnosis.recipe import Setup, faulty

SGD, Adam = keras.optimizers.SGD, keras.optimizers.Adam
LOST = ("DEAD", "NO_GRADIENT", "VANISHING", "SATURATED")


@faulty("NONFINITE", "EXPLODING", companions=LOST)
def square_of_raw_x(random: np.random.Generator) -> Setup:
    """Stack Overflow question 48934338."""
    model = mlp(2, 40, "relu", "glorot_uniform", features=1, outputs=1, output=None)
    x = random.uniform(-100, 100, (3_200, 1)).astype("float32")
    return Setup(compiled(model, SGD(0.1), "mse"), x, 5 * x**2)


@faulty("NONFINITE", "EXPLODING", companions=LOST)
def fourth_power_of_raw_x(random: np.random.Generator) -> Setup:
    """Stack Overflow question 52800582."""
    model = mlp(2, 50, "sigmoid", "glorot_uniform", features=1, outputs=1, output=None)
    x = random.uniform(-100, 100, (3_200, 1)).astype("float32")
    return Setup(compiled(model, SGD(0.1), "mse"), x, x**4)


@faulty("NONFINITE", "EXPLODING", companions=LOST)
def unscaled_targets(random: np.random.Generator) -> Setup:
    """Prices in the ten thousands; Stack Overflow question 46642627."""
    model = mlp(3, 64, "relu", "he_normal", features=8, outputs=1, output=None)
    x, y = curve(random)
    return Setup(compiled(model, SGD(0.01), "mse"), x, 50_000 + 20_000 * y)


@faulty("EXPLODING", "NONFINITE", "DEAD", "NO_GRADIENT", companions=LOST)
def relu_5_rate_2(random: np.random.Generator) -> Setup:
    return Setup(compiled(mlp(5, 100, "relu", "he_normal"), SGD(2.0)), *mixture(random))


@faulty("DEAD", "NO_GRADIENT", "EXPLODING", companions=LOST)
def relu_5_adam_rate_1(random: np.random.Generator) -> Setup:
    return Setup(compiled(mlp(5, 100, "relu", "he_normal"), Adam(1.0)), *mixture(random))


@faulty("EXPLODING", "DEAD", "NONFINITE", "NO_GRADIENT", companions=LOST)
def relu_3_inputs_times_100(random: np.random.Generator) -> Setup:
    x, y = mixture(random)
    return Setup(compiled(mlp(3, 100, "relu", "he_normal"), SGD(0.1)), 100 * x, y)


@faulty("EXPLODING", "NONFINITE", companions=LOST)
def elu_3_momentum_rate_3(random: np.random.Generator) -> Setup:
    model = mlp(3, 64, "elu", "he_normal", features=8, outputs=1, output=None)
    return Setup(compiled(model, SGD(3.0, momentum=0.9), "mse"), *curve(random))


@faulty("SATURATED", "EXPLODING", companions=LOST)
def tanh_3_rate_50(random: np.random.Generator) -> Setup:
    return Setup(compiled(mlp(3, 64, "tanh", "glorot_uniform"), SGD(50.0)), *mixture(random))


@faulty("EXPLODING", "NONFINITE", "DEAD", "NO_GRADIENT", companions=LOST, onset=201)
def rate_goes_up_late(random: np.random.Generator) -> Setup:
    model = compiled(mlp(4, 64, "elu", "he_normal", features=8, outputs=1, output=None), SGD(0.02), "mse")
    return Setup(model, *curve(random), epochs=5, callbacks=[RateBurst(300.0, 201, 10_000)])


@faulty("DEAD", "NO_GRADIENT", "EXPLODING", companions=LOST, onset=201)
def burst_kills_units(random: np.random.Generator) -> Setup:
    """Three steps of full length at 1,000 times the rate, and no unit fires afterwards."""
    model = compiled(mlp(4, 64, "relu", "he_normal"), SGD(0.05, clipnorm=1.0))
    return Setup(model, *mixture(random), epochs=5, callbacks=[RateBurst(1_000.0, 201, 203)])
