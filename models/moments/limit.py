"""Moments in the limit of unlimited width, by quadrature."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from piste.models.activations.arrays import Array, ArrayFunction, array_slope
from piste.models.moments.kernels import Kernels

_REACH, _HALVINGS, _POINTS = 12.0, 24, 12
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(_POINTS)


@dataclass(frozen=True)
class Wide:
    """What holds in one layer of a network whose layers are without limit wide.

    Attributes:
        mean: E[f(z)].
        rms: sqrt(E[f(z)^2]).
        factor: sqrt(width * variance of the kernel * E[f'(z)^2]): what a layer multiplies the error signal by on
            its way back, and the differences between samples that are nearly alike on their way forward.
    """

    mean: float
    rms: float
    factor: float


def wide_limit(function: ArrayFunction, kernels: Kernels, kinks: Sequence[float] = ()) -> Iterator[Wide]:
    """Moments of one layer after another, for inputs with mean 0 and variance 1.

    Pre-activations are normal with mean width * w * E[h] and variance width * s^2 * E[h^2], h the activations of
    the layer before, w and s mean and standard deviation of the kernel's entries. Never ends by itself.

    Args:
        function: f, from array to array.
        kernels: The law of the kernels.
        kinks: The z at which f' jumps, so that no step of the quadrature reaches across them.

    Example:
        >>> from piste.models.activations.arrays import array_function
        >>> from piste.models.moments.kernels import kernels
        >>> first = next(wide_limit(array_function("relu"), kernels("he_normal", 100), kinks=[0.0]))
        >>> round(first.mean**2 * math.pi, 9), round(first.rms, 9), round(first.factor, 9)
        (1.0, 1.0, 1.0)

    References:
        Poole et al. 2016, arXiv:1606.05340; Schoenholz et al. 2017, arXiv:1611.01232.
    """
    scale = math.sqrt(kernels.width) * kernels.deviation
    mean, rms = 0.0, 1.0
    while True:
        with np.errstate(over="ignore", invalid="ignore"):
            z, weights = normal_nodes(kernels.width * kernels.center * mean, scale * rms, kinks)
            h = function(z)
            mean, rms = float(weights @ h), math.sqrt(float(weights @ h**2))
            slope = math.sqrt(float(weights @ array_slope(function, z, kinks) ** 2))
        yield Wide(mean, rms, scale * slope)


def normal_nodes(mean: float, deviation: float, kinks: Sequence[float] = ()) -> tuple[Array, Array]:
    """Points z and weights w such that w @ g(z) is E[g(z)] for z ~ N(mean, deviation^2).

    Gauss's rule of 12 points on panels that halve towards the mean, towards 0 and at the kinks, out to 12
    deviations: exact to about 1e-12 where g is smooth but for those places, however narrow it is around 0.

    Example:
        >>> z, weights = normal_nodes(1.0, 2.0)
        >>> print(round(weights @ z, 9), round(weights @ z**2, 9))
        1.0 5.0
    """
    if deviation == 0:
        return np.array([mean]), np.array([1.0])
    halves = _REACH * 0.5 ** np.arange(_HALVINGS)
    ladder = np.concatenate([-halves, [0.0], halves])
    marks = (np.array(kinks, float) - mean) / deviation
    edges = np.unique(np.concatenate([ladder, ladder - mean / deviation, marks]))
    edges = edges[np.abs(edges) <= _REACH]
    half, middle = np.diff(edges) / 2, (edges[1:] + edges[:-1]) / 2
    x = (middle[:, None] + half[:, None] * _NODES).ravel()
    weights = (half[:, None] * _WEIGHTS).ravel() * np.exp(-x * x / 2) / math.sqrt(2 * math.pi)
    return mean + deviation * x, weights
