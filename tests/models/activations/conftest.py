"""Every activation and its derivative in float64 NumPy, written from the papers' formulas."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

Formula = Callable[..., Any]

erf = np.vectorize(math.erf, otypes=[float])
erfc = np.vectorize(math.erfc, otypes=[float])


def logistic(z: Any) -> Any:
    e = np.exp(-np.abs(z))
    return np.where(z >= 0, 1 / (1 + e), e / (1 + e))


def normal_cdf(z: Any) -> Any:
    return 0.5 * erfc(-z / math.sqrt(2))


def ramp(z: Any) -> Any:
    return np.clip(z + 3, 0, 6) / 6


def selu(z: Any) -> Any:
    return 1.0507009873554805 * np.where(z > 0, z, 1.6732632423543772 * np.expm1(np.minimum(z, 0)))


def elu(z: Any, alpha: float = 1.0) -> Any:
    return np.where(z > 0, z, alpha * np.expm1(np.minimum(z, 0)))


def elu_slope(z: Any, alpha: float = 1.0) -> Any:
    return np.where(z > 0, 1.0, alpha * np.exp(np.minimum(z, 0)))


def tanh_inner(z: Any) -> Any:
    return math.sqrt(2 / math.pi) * (z + 0.044715 * z**3)


def gelu_tanh_slope(z: Any) -> Any:
    inner = np.clip(tanh_inner(z), -300, 300)
    growth = math.sqrt(2 / math.pi) * (1 + 3 * 0.044715 * z**2)
    return 0.5 * (1 + np.tanh(inner)) + 0.5 * z / np.cosh(inner) ** 2 * growth


def mish_slope(z: Any) -> Any:
    soft = np.logaddexp(0, z)
    return np.tanh(soft) + z * logistic(z) / np.cosh(np.minimum(soft, 300)) ** 2


def two_slopes(z: Any, slope: float) -> Any:
    return np.where(z > 0, 1.0, slope)


def rrelu_slope(z: Any, lower: float = 1 / 8, upper: float = 1 / 3) -> Any:
    return two_slopes(z, (lower + upper) / 2)


def smelu(z: Any, beta: float = 1.0) -> Any:
    return np.where(z <= -beta, 0.0, np.where(z >= beta, z, (z + beta) ** 2 / (4 * beta)))


def swish_slope(z: Any, beta: float = 1.0) -> Any:
    return logistic(beta * z) * (1 + beta * z * logistic(-beta * z))


REFERENCES: dict[str, tuple[Formula, Formula]] = {
    "linear": (lambda z: z, np.ones_like),
    "sigmoid": (logistic, lambda z: logistic(z) * logistic(-z)),
    "tanh": (np.tanh, lambda z: 1 / np.cosh(np.clip(z, -300, 300)) ** 2),
    "softplus": (lambda z: np.logaddexp(0, z), logistic),
    "softsign": (lambda z: z / (1 + np.abs(z)), lambda z: (1 + np.abs(z)) ** -2.0),
    "hard_sigmoid": (ramp, lambda z: (np.abs(z) < 3) / 6),
    "relu": (lambda z: np.maximum(z, 0), lambda z: two_slopes(z, 0.0)),
    "relu6": (lambda z: np.clip(z, 0, 6), lambda z: ((z > 0) & (z < 6)) * 1.0),
    "leaky_relu": (
        lambda z, negative_slope=0.2: z * two_slopes(z, negative_slope),
        lambda z, negative_slope=0.2: two_slopes(z, negative_slope),
    ),
    "prelu": (lambda z, alpha=0.25: z * two_slopes(z, alpha), lambda z, alpha=0.25: two_slopes(z, alpha)),
    "rrelu": (lambda z, **limits: z * rrelu_slope(z, **limits), rrelu_slope),
    "thresholded_relu": (
        lambda z, threshold=1.0: np.where(z > threshold, z, 0.0),
        lambda z, threshold=1.0: (z > threshold) * 1.0,
    ),
    "smelu": (smelu, lambda z, beta=1.0: np.clip((z + beta) / (2 * beta), 0, 1)),
    "elu": (elu, elu_slope),
    "celu": (
        lambda z, alpha=1.0: np.where(z > 0, z, alpha * np.expm1(np.minimum(z, 0) / alpha)),
        lambda z, alpha=1.0: np.where(z > 0, 1.0, np.exp(np.minimum(z, 0) / alpha)),
    ),
    "selu": (selu, lambda z: 1.0507009873554805 * elu_slope(z, 1.6732632423543772)),
    "gelu": (
        lambda z: z * normal_cdf(z),
        lambda z: normal_cdf(z) + z * np.exp(-z * z / 2) / math.sqrt(2 * math.pi),
    ),
    "gelu_tanh": (lambda z: 0.5 * z * (1 + np.tanh(tanh_inner(z))), gelu_tanh_slope),
    "silu": (lambda z, beta=1.0: z * logistic(beta * z), swish_slope),
    "parametric_swish": (lambda z, beta=1.0: z * logistic(beta * z), swish_slope),
    "mish": (lambda z: z * np.tanh(np.logaddexp(0, z)), mish_slope),
    "hard_swish": (
        lambda z: z * ramp(z),
        lambda z: np.where(z <= -3, 0.0, np.where(z >= 3, 1.0, (2 * z + 3) / 6)),
    ),
}


@pytest.fixture(scope="session")
def references() -> dict[str, tuple[Formula, Formula]]:
    return REFERENCES
