"""What the instrument must know of an optimizer: all that Keras keeps to itself about it is read here.

A loss-scaling optimizer is asked through the one inside it.
"""

import contextlib
from collections.abc import Iterator
from typing import Any

import tensorflow as tf

from piste.callbacks.patches import replaced


def loss_scale(optimizer: Any) -> Any:
    """Returns the factor by which the optimizer scales the loss, a float32 scalar, or None if it does not."""
    factor = getattr(optimizer, "dynamic_scale", None)
    factor = optimizer.loss_scale_factor if factor is None else factor
    return None if factor is None else tf.cast(tf.convert_to_tensor(factor), "float32")


def skips(optimizer: Any) -> bool:
    """Whether the optimizer skips a step whose gradient is not finite, and scales the loss down instead."""
    return getattr(optimizer, "dynamic_scale", None) is not None


def steps_applied(optimizer: Any) -> Any:
    """Returns the variable that counts the gradients taken in: every batch, also of those that are accumulated."""
    return inner(optimizer)._iterations


def built_for(optimizer: Any) -> list[Any]:
    """Returns the variables that `apply` takes gradients of when it is not told which."""
    return list(inner(optimizer)._trainable_variables)


def accumulation(optimizer: Any) -> int:
    """Returns how many gradients are averaged for one update."""
    return inner(optimizer).gradient_accumulation_steps or 1


def accumulated(optimizer: Any, variable: Any) -> Any:
    """Returns the sum of a variable's gradients since the last update, without the loss scale."""
    held = inner(optimizer)
    return tf.convert_to_tensor(held._accumulated_gradients[held._get_variable_index(variable)])


def clipping(optimizer: Any) -> tuple[str, float] | None:
    """Returns the kind of clipping, as the argument is called, and its bound; None if the optimizer does not clip."""
    held = inner(optimizer)
    for kind in ("clipnorm", "global_clipnorm", "clipvalue"):
        if bound := getattr(held, kind, None):
            return kind, float(bound)
    return None


@contextlib.contextmanager
def scheduled(optimizer: Any, schedule: Any) -> Iterator[None]:
    """Lets the optimizer take its rate from a schedule, and gives it back the variable or schedule it had."""
    with replaced(inner(optimizer), "_learning_rate", schedule):
        yield


def inner(optimizer: Any) -> Any:
    """Returns the optimizer inside a loss-scaling one, and any other as it is."""
    return getattr(optimizer, "inner_optimizer", optimizer)
