"""What is known about an activation, as plain values: no TensorFlow, Keras or NumPy."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from piste.models.suggest import did_you_mean

Sides = Literal["none", "left", "right", "both"]
Check = Callable[[Mapping[str, float]], str | None]


@dataclass(frozen=True)
class Argument:
    """A number that an activation takes, named as Keras names it.

    `minimum` is the least value allowed, or the value it must exceed when `exclusive`.
    """

    default: float
    minimum: float | None
    exclusive: bool
    doc: str


@dataclass(frozen=True)
class Tail:
    """Where a slope stays under some mark: for all z below `left` and above `right`; None means never."""

    left: float | None = None
    right: float | None = None


@dataclass(frozen=True)
class Facts:
    """The facts of f and f' that hold for one setting of the arguments.

    Attributes:
        supremum: Least upper bound of |f'|.
        saturates: Sides on which f' tends to 0.
        low: Where |f'| stays under 5 % of its supremum.
        flat: Where |f'| stays under 0.001.
        kinks: The z at which f' jumps.
        gain: 1 / sqrt(E[f(z)^2]) for z ~ N(0, 1): the factor that keeps unit second moments.
    """

    supremum: float
    saturates: Sides
    low: Tail
    flat: Tail
    kinks: tuple[float, ...]
    gain: float

    @property
    def kink(self) -> bool:
        """Whether f' jumps at 0."""
        return 0.0 in self.kinks


@dataclass(frozen=True)
class Activation:
    """One row of the table.

    Attributes:
        name: The name used in configs.
        formula: f(z) in words of mathematics.
        paper: Where it comes from.
        layer: The class that realises it: one of `keras.layers`, or one of Piste's own.
        constants: Arguments of that class which are fixed for this row.
        initializer: The matched kernel initialiser, `{"type": name, argument: value}`.
        slope_from: "output" when f'(z) can be had from h = f(z) alone, else "input".
        facts_of: The facts for a complete setting of the arguments.
        arguments: What may be set.
        aliases: Other names for the same row.
        check: Says what is wrong where settled arguments do not go together.
    """

    name: str
    formula: str
    paper: str
    layer: str
    constants: Mapping[str, str | float]
    initializer: Mapping[str, str | float]
    slope_from: Literal["output", "input"]
    facts_of: Callable[[Mapping[str, float]], Facts]
    arguments: Mapping[str, Argument]
    aliases: tuple[str, ...]
    check: Check | None = None

    def settle(self, given: Mapping[str, object]) -> dict[str, float]:
        """Checks the arguments given and fills in the defaults.

        Raises:
            ValueError: An argument is unknown or outside its range, or two do not go together.
            TypeError: An argument is not a number.
        """
        for key in given:
            if key not in self.arguments:
                known = ", ".join(f"`{known}`" for known in self.arguments) or "no arguments"
                hint = did_you_mean(key, self.arguments)
                raise ValueError(f"`{self.name}` takes {known}. Received: `{key}`.{hint}")
        settled = {key: argument.default for key, argument in self.arguments.items()}
        for key, value in given.items():
            settled[key] = _number(self.arguments[key], key, value)
        wrong = self.check(settled) if self.check else None
        if wrong:
            received = ", ".join(f"{key} {value:g}" for key, value in settled.items())
            raise ValueError(f"`{self.name}` {wrong}. Received: {received}.")
        return settled

    def facts(self, **arguments: float) -> Facts:
        """The facts when some arguments are set and the others keep their defaults."""
        return self.facts_of(self.settle(arguments))


def _number(argument: Argument, key: str, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise TypeError(f"`{key}` must be a number. Received: {value!r}.")
    if not math.isfinite(value):
        raise ValueError(f"`{key}` must be finite. Received: {value}.")
    if argument.minimum is not None:
        if argument.exclusive and value <= argument.minimum:
            raise ValueError(f"`{key}` must be greater than {argument.minimum:g}. Received: {value}.")
        if value < argument.minimum:
            raise ValueError(f"`{key}` must be at least {argument.minimum:g}. Received: {value}.")
    return float(value)


def gain(function: Callable[[float], float], left: float = -12.0, right: float = 12.0) -> float:
    """1 / sqrt(E[f(z)^2]) for z ~ N(0, 1), by Simpson's rule.

    A kink between two points of the rule costs digits: 0 is a point, other kinks need their own interval.

    Example:
        >>> round(gain(lambda z: max(z, 0.0)), 6)  # sqrt(2), as He et al. have it
        1.414214
    """
    steps = 2400
    width = (right - left) / steps
    total = 0.0
    for i in range(steps + 1):
        z = left + i * width
        weight = 1 if i in (0, steps) else 4 if i % 2 else 2
        value = function(z)
        total += weight * value * value * math.exp(-z * z / 2)  # a power would raise OverflowError
    return 1 / math.sqrt(total * width / 3 / math.sqrt(2 * math.pi))
