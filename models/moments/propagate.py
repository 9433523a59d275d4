"""Random inputs sent through random dense layers, and the moments of every layer's activations."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from piste.models.activations.arrays import array_function
from piste.models.activations.spec import read
from piste.models.initializers import matched
from piste.models.moments.kernels import kernels
from piste.models.moments.limit import Wide, wide_limit


@dataclass(frozen=True)
class Moments:
    """The activations of one layer, an array of (samples, width).

    Attributes:
        layer: Counted from 0.
        mean: Of all activations.
        std: Standard deviation of each unit over the samples, and of these the mean.
        rms: Root of the mean square of all activations. It is far above `std` where a unit gives nearly the same
            for every sample.
        wide: What holds where the layers are without limit wide.
    """

    layer: int
    mean: float
    std: float
    rms: float
    wide: Wide


def propagate(
    activation: str | Mapping[str, Any],
    initializer: str | Mapping[str, Any] = "auto",
    *,
    depth: int = 1000,
    width: int = 100,
    samples: int = 500,
    seed: int = 42,
) -> list[Moments]:
    """Sends standard normal inputs through layers without bias: h = f(h @ kernel).

    The draws are those of NumPy's legacy generator, first the inputs, then one kernel after another, so that the
    figures of older notebooks that call `np.random.seed(42)` and `np.random.normal` come out again.

    Args:
        activation: A name or alias of the table, or `{"type": name, argument: value}`.
        initializer: `auto` for the activation's matched one, a name of `kernels.RANDOM`, or
            `{"type": name, argument: value}`.
        depth: Number of layers.
        width: Units of each layer, and inputs.
        samples: Rows of the inputs, at least 2.
        seed: Of all draws.

    Returns:
        One value a layer, up to the last whose figures are finite in float64.

    Raises:
        ValueError: A name or an argument is unknown, or a value is out of range.

    Example:
        >>> moments = propagate("selu", depth=10)
        >>> len(moments), 0.9 < moments[-1].std < 1.1
        (10, True)

    References:
        Glorot & Bengio 2010, AISTATS; Klambauer et al. 2017, arXiv:1706.02515.
    """
    entry, arguments = read(activation)
    law = kernels(matched(entry.name) if initializer == "auto" else initializer, width)
    function = array_function(activation)
    random = np.random.RandomState(seed)
    h = random.normal(size=(samples, width))
    found: list[Moments] = []
    limit = wide_limit(function, law, entry.facts_of(arguments).kinks)
    for layer, wide in zip(range(depth), limit, strict=False):
        with np.errstate(over="ignore", invalid="ignore"):
            h = function(h @ law.draw(random))
            mean, std = float(h.mean()), float(h.std(axis=0).mean())
            rms = math.sqrt(float(np.square(h).mean()))
        if not math.isfinite(mean + std + rms):
            break
        found.append(Moments(layer, mean, std, rms, wide))
    return found
