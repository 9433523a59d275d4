"""Layers that draw random numbers."""

from typing import Any


def draws(layer: Any) -> bool:
    """Whether a layer draws random numbers in training, as dropout, noise and random augmentation do.

    Example:
        >>> import keras
        >>> draws(keras.layers.Dropout(0.5)), draws(keras.layers.Dense(2))
        (True, False)
    """
    return len(layer.variables) > len(layer.weights)  # the difference is the state of random generators
