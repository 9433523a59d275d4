"""One's own activation: registered once, then known to configs, models, monitors and docs of this process."""

import re
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from piste.models.activations.arrays import ARRAY_FUNCTIONS
from piste.models.activations.facts import Activation, Facts, Sides, Tail
from piste.models.activations.functions import FUNCTIONS
from piste.models.activations.table import add
from piste.models.initializers import initializer as make_initializer


def register_activation(
    name: str,
    function: Callable[[Any], Any],
    *,
    initializer: str | Mapping[str, Any] = "glorot_uniform",
    formula: str = "",
    paper: str = "",
    aliases: Sequence[str] = (),
) -> Activation:
    """Adds an activation to the table; its facts are measured, its slope is had by differentiation.

    The function is also registered with Keras under the package `piste`, unless it already is registered, so
    that saved models load where the same call has been made.

    Args:
        name: The name in configs: lower case letters, digits and underscores.
        function: Elementwise, tensor to tensor of the same shape and dtype, differentiable by TensorFlow; a
            named function, because a lambda cannot be saved.
        initializer: The matched one.
        formula: f(z), for the docs.
        paper: Where it comes from, for the docs.
        aliases: Other names.

    Returns:
        The new entry.

    Raises:
        ValueError: A name is taken or not in snake case, or the function is not what is asked for.
        TypeError: `function` cannot be called.
    """
    for word in (name, *aliases):
        if not re.fullmatch(r"[a-z][a-z0-9_]*", word):
            raise ValueError(f"An activation's name must be in snake case. Received: `{word}`.")
    if not callable(function):
        raise TypeError(f"`function` must be a function. Received: {function!r}.")
    if getattr(function, "__name__", "<lambda>") == "<lambda>":
        raise ValueError("`function` must be a named function, because a lambda cannot be saved. Use `def`.")
    make_initializer(initializer, seed=0)
    entry = Activation(
        name=name,
        formula=formula,
        paper=paper,
        layer="Activation",
        constants=MappingProxyType({"activation": f"piste>{name}"}),
        initializer=MappingProxyType({"type": initializer} if isinstance(initializer, str) else dict(initializer)),
        slope_from="input",
        facts_of=_constant(measure(function)),
        arguments=MappingProxyType({}),
        aliases=tuple(aliases),
    )
    add(entry)
    FUNCTIONS[name] = function
    ARRAY_FUNCTIONS[name] = lambda z: function(tf.constant(z)).numpy()
    if keras.saving.get_registered_name(function) == getattr(function, "__name__", None):
        keras.saving.register_keras_serializable(package="piste", name=name)(function)
    return entry


def _constant(facts: Facts) -> Callable[[Mapping[str, float]], Facts]:
    return lambda arguments: facts


def measure(function: Callable[[Any], Any]) -> Facts:
    """The facts of an elementwise function, from its values and slopes at 120,001 points in -60..60.

    A slope that changes by 5 % of its supremum within 0.001 counts as a kink.

    Raises:
        ValueError: The function changes shape or dtype, or is not finite or has no gradient there.
    """
    z = np.arange(-60_000, 60_001) / 1000
    x = tf.constant(z)
    with tf.GradientTape() as tape:
        tape.watch(x)
        h = function(x)
    slope = tape.gradient(h, x)
    if slope is None or h.shape != x.shape or h.dtype != x.dtype:
        raise ValueError("`function` must map a tensor to one of the same shape and dtype and have a gradient.")
    values, size = h.numpy(), np.abs(slope.numpy())
    if not (np.isfinite(values).all() and np.isfinite(size).all()):
        raise ValueError("`function` must be finite for z in -60..60, and its gradient too.")
    supremum = float(size.max())
    if supremum == 0:
        raise ValueError("`function` must not be constant.")
    jumps = np.flatnonzero(np.abs(np.diff(slope.numpy())) > 0.05 * supremum)
    kinks = {float(min(z[i], z[i + 1], key=abs)) for i in jumps}
    flat = _tail(z, size, 0.001)
    density = np.exp(-z * z / 2) / np.sqrt(2 * np.pi) * 0.001
    moment = float(np.sum(values**2 * density))
    return Facts(supremum, _sides(flat), _tail(z, size, 0.05 * supremum), flat, tuple(sorted(kinks)), moment**-0.5)


def _tail(z: np.ndarray, size: np.ndarray, mark: float) -> Tail:
    above = np.flatnonzero(size >= mark)
    if len(above) == 0:
        return Tail(float(z[-1]), float(z[0]))
    first, last = int(above[0]), int(above[-1])
    return Tail(float(z[first]) if first else None, float(z[last]) if last < len(z) - 1 else None)


def _sides(flat: Tail) -> Sides:
    if flat.left is None:
        return "none" if flat.right is None else "right"
    return "left" if flat.right is None else "both"
