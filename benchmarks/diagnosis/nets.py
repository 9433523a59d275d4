"""Short ways to write the nets of the recipes."""

from typing import Any

import keras
from keras import layers

CLASSES = "sparse_categorical_crossentropy"


def compiled(model: Any, optimizer: Any, loss: Any = CLASSES) -> Any:
    """Compiles a model and returns it; XLA would take longer to compile it than the short run takes."""
    metrics = ["accuracy"] if loss in (CLASSES, "binary_crossentropy") else None
    model.compile(optimizer, loss, metrics=metrics, jit_compile=False)
    return model


def stack(*parts: Any) -> Any:
    """Chains layers; the first is an input."""
    return keras.Sequential(list(parts))


def mlp(
    depth: int,
    units: int,
    activation: Any,
    init: Any,
    *,
    features: int = 64,
    outputs: int = 10,
    output: Any = "softmax",
    bias: Any = "zeros",
) -> Any:
    """Makes hidden dense layers of one width, called dense, dense_1, ..., and an output layer."""
    hidden = [
        layers.Dense(units, activation, kernel_initializer=init, bias_initializer=bias, name=numbered("dense", place))
        for place in range(depth)
    ]
    return stack(layers.Input((features,)), *hidden, layers.Dense(outputs, output, name="head"))


def cnn(filters: list[int], activation: Any, init: Any, *, shape: tuple[int, ...] = (14, 14, 1), **more: Any) -> Any:
    """Makes convolutions of 3 x 3, called conv, conv_1, ..., global average pooling and an output of ten classes."""
    hidden = [
        layers.Conv2D(
            width, 3, padding="same", activation=activation, kernel_initializer=init, name=numbered("conv", place),
            **more,
        )
        for place, width in enumerate(filters)
    ]  # fmt: skip
    return stack(
        layers.Input(shape), *hidden, layers.GlobalAveragePooling2D(), layers.Dense(10, "softmax", name="head")
    )


def residual_mlp(blocks: int, branch: Any, *, features: int = 64, units: int = 64, outputs: int = 10) -> Any:
    """Adds branches, made by `branch(place)` as lists of layers, to a trunk that goes straight through."""
    inputs = layers.Input((features,))
    trunk = layers.Dense(units, name="stem")(inputs)
    for place in range(blocks):
        x = trunk
        for layer in branch(place):
            x = layer(x)
        trunk = layers.Add(name=f"add_{place}")([trunk, x])
    return keras.Model(inputs, layers.Dense(outputs, "softmax", name="head")(trunk))


def numbered(name: str, place: int) -> str:
    """Names layers as Keras does.

    Example:
        >>> numbered("dense", 0), numbered("dense", 2)
        ('dense', 'dense_2')
    """
    return name if place == 0 else f"{name}_{place}"


def normal(deviation: float) -> Any:
    """A normal initialiser with mean 0."""
    return keras.initializers.RandomNormal(0.0, deviation)


def constant(value: float) -> Any:
    """An initialiser that gives every weight one value."""
    return keras.initializers.Constant(value)


class RateBurst(keras.callbacks.Callback):
    """Multiplies the learning rate by `factor` for the steps from `first` to `last`."""

    def __init__(self, factor: float, first: int, last: int) -> None:
        super().__init__()
        self._factor, self._first, self._last = factor, first, last
        self._step = 0

    def on_train_batch_begin(self, batch: int, logs: Any = None) -> None:
        """Changes the rate where the burst begins and where it is over."""
        self._step += 1
        rate = self.model.optimizer.learning_rate
        if self._step == self._first:
            rate.assign(rate * self._factor)
        if self._step == self._last + 1:
            rate.assign(rate / self._factor)
