"""Facts of whole families of activations, for any setting of their arguments.

Plain data: importing it needs no TensorFlow, Keras or NumPy.
"""

import math
from collections.abc import Callable, Mapping

from piste.models.activations.facts import Facts, Tail, gain

LOW, FLAT = 0.05, 0.001
EVERYWHERE_LINEAR = Facts(1.0, "none", Tail(), Tail(), (), 1.0)


def fixed(facts: Facts) -> Callable[[Mapping[str, float]], Facts]:
    return lambda arguments: facts


def left(supremum: float, low: float, flat: float, gain: float, kinks: tuple[float, ...] = ()) -> Facts:
    return Facts(supremum, "left", Tail(low), Tail(flat), kinks, gain)


def both(supremum: float, low: float, flat: float, gain: float, kinks: tuple[float, ...] = ()) -> Facts:
    return Facts(supremum, "both", Tail(-low, low), Tail(-flat, flat), kinks, gain)


def two_slopes(slope: float) -> Facts:
    """Slope `slope` below 0 and 1 above."""
    supremum = max(1.0, slope)
    low = Tail(0.0 if slope < LOW * supremum else None, 0.0 if supremum * LOW > 1 else None)
    flat = Tail(0.0 if slope < FLAT else None)
    kinks = () if slope == 1 else (0.0,)
    return Facts(supremum, "none" if slope else "left", low, flat, kinks, math.sqrt(2 / (1 + slope * slope)))


def elu(arguments: Mapping[str, float]) -> Facts:
    alpha = arguments["alpha"]
    supremum = max(1.0, alpha)
    low = Tail(min(0.0, math.log(LOW * supremum / alpha)), 0.0 if supremum * LOW > 1 else None)
    flat = Tail(min(0.0, math.log(FLAT / alpha)))
    size = gain(lambda z: z if z > 0 else alpha * math.expm1(z))
    return Facts(supremum, "left", low, flat, () if alpha == 1 else (0.0,), size)


def celu(arguments: Mapping[str, float]) -> Facts:
    alpha = arguments["alpha"]
    size = gain(lambda z: z if z > 0 else alpha * math.expm1(z / alpha))
    return left(1.0, alpha * math.log(LOW), alpha * math.log(FLAT), size)


def swish(arguments: Mapping[str, float]) -> Facts:
    beta = arguments["beta"]
    size = gain(lambda z: z * _logistic(beta * z))
    return left(1.0998393201, -3.92989732 / beta, -8.98506156 / beta, size)


def _logistic(z: float) -> float:
    e = math.exp(-abs(z))
    return 1 / (1 + e) if z >= 0 else e / (1 + e)


def smelu(arguments: Mapping[str, float]) -> Facts:
    beta = arguments["beta"]
    size = gain(lambda z: z if z >= beta else max(z + beta, 0.0) / (4 * beta) * max(z + beta, 0.0))
    return left(1.0, (2 * LOW - 1) * beta, (2 * FLAT - 1) * beta, size)


def thresholded(arguments: Mapping[str, float]) -> Facts:
    edge = arguments["threshold"]
    # E f^2 is the integral of z^2 times the density from the threshold on.
    moment = edge * math.exp(-edge * edge / 2) / math.sqrt(2 * math.pi) + math.erfc(edge / math.sqrt(2)) / 2
    size = 1 / math.sqrt(moment) if moment else math.inf
    return left(1.0, edge, edge, size, kinks=(edge,))
