"""Keras's random initialisers in NumPy: what a square kernel is drawn from."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from piste.models.activations.arrays import Array

_TRUNCATED = 0.87962566103423978  # standard deviation of a normal distribution cut at 2 of its own

_SCALED: Mapping[str, Mapping[str, Any]] = {
    "glorot_normal": {"mode": "fan_avg"},
    "glorot_uniform": {"mode": "fan_avg", "distribution": "uniform"},
    "he_normal": {"scale": 2.0},
    "he_uniform": {"scale": 2.0, "distribution": "uniform"},
    "lecun_normal": {},
    "lecun_uniform": {"distribution": "uniform"},
    "variance_scaling": {},
}
RANDOM = (*_SCALED, "orthogonal", "random_normal", "random_uniform", "truncated_normal")
"""The initialisers that draw, by their names in configs."""


@dataclass(frozen=True)
class Kernels:
    """The law of square kernels.

    Attributes:
        distribution: `normal`, `truncated` at two `spread`, `uniform`, or `orthogonal` columns.
        center: Mean of the entries.
        spread: Standard deviation before any cut, half the range of `uniform`, or the gain of `orthogonal`.
        width: Rows and columns.
    """

    distribution: Literal["normal", "truncated", "uniform", "orthogonal"]
    center: float
    spread: float
    width: int

    @property
    def deviation(self) -> float:
        """Standard deviation of the entries."""
        shares = {"truncated": _TRUNCATED, "uniform": 1 / math.sqrt(3), "orthogonal": 1 / math.sqrt(self.width)}
        return self.spread * shares.get(self.distribution, 1.0)

    def draw(self, random: np.random.RandomState) -> Array:
        """One kernel, (width, width)."""
        shape = (self.width, self.width)
        if self.distribution == "uniform":
            return self.center + self.spread * random.uniform(-1, 1, size=shape)
        if self.distribution == "normal":
            return random.normal(self.center, self.spread, size=shape)
        unit = random.normal(size=shape)
        if self.distribution == "orthogonal":
            q, r = np.linalg.qr(unit)
            return self.spread * q * np.sign(np.diag(r))
        while (outside := np.abs(unit) > 2).any():
            unit[outside] = random.normal(size=int(outside.sum()))
        return self.center + self.spread * unit


def kernels(spec: str | Mapping[str, Any], width: int) -> Kernels:
    """The law that an initialiser gives to kernels of `width` inputs and as many outputs.

    Args:
        spec: A name of `RANDOM`, or `{"type": name, argument: value}` with Keras's arguments but `seed`.
        width: Units of each layer.

    Raises:
        ValueError: The initialiser does not draw, or has a `seed`.

    Example:
        >>> round(kernels("he_normal", 100).deviation ** 2, 12)  # 2 / fan_in
        0.02
        >>> kernels({"type": "random_uniform", "minval": 0.0, "maxval": 0.5}, 100)
        Kernels(distribution='uniform', center=0.25, spread=0.25, width=100)

    References:
        Glorot & Bengio 2010, AISTATS; He et al. 2015, arXiv:1502.01852; Saxe et al. 2014, arXiv:1312.6120.
    """
    given: dict[str, Any] = {"type": spec} if isinstance(spec, str) else dict(spec)
    name = given.pop("type")
    if name not in RANDOM:
        raise ValueError(f"`initializer` must draw at random: one of {', '.join(RANDOM)}. Received: `{name}`.")
    if "seed" in given:
        raise ValueError(f"`initializer` must leave `seed` out: one seed is for all layers. Received: {given['seed']}.")
    if name in _SCALED:
        return _scaled(width, **{**_SCALED[name], **given})
    if name == "orthogonal":
        return Kernels("orthogonal", 0.0, given.get("gain", 1.0), width)
    if name == "random_uniform":
        low, high = given.get("minval", -0.05), given.get("maxval", 0.05)
        return Kernels("uniform", low / 2 + high / 2, high / 2 - low / 2, width)
    kind: Literal["normal", "truncated"] = "normal" if name == "random_normal" else "truncated"
    return Kernels(kind, given.get("mean", 0.0), given.get("stddev", 0.05), width)


def _scaled(width: int, scale: float = 1.0, mode: str = "fan_in", distribution: str = "truncated_normal") -> Kernels:
    """Variance scale / width: all three of Keras's modes count the same where the kernel is square."""
    deviation = math.sqrt(scale / width)
    if distribution == "uniform":
        return Kernels("uniform", 0.0, math.sqrt(3) * deviation, width)
    if distribution == "untruncated_normal":
        return Kernels("normal", 0.0, deviation, width)
    return Kernels("truncated", 0.0, deviation / _TRUNCATED, width)
