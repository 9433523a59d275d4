"""Floating-point operations of a model, counted from its graph."""

import math
from typing import Any

import keras

_DENSE = (keras.layers.Dense,)
_CONVOLUTIONS = (
    keras.layers.Conv1D, keras.layers.Conv2D, keras.layers.Conv3D,
    keras.layers.DepthwiseConv1D, keras.layers.DepthwiseConv2D,
    keras.layers.SeparableConv1D, keras.layers.SeparableConv2D,
)  # fmt: skip
_TRANSPOSED = (keras.layers.Conv1DTranspose, keras.layers.Conv2DTranspose, keras.layers.Conv3DTranspose)


def flops(model: Any) -> int:
    """Twice the multiplications of a model's kernels for one sample.

    A dense layer multiplies each of its weights once at every position, a convolution at every position of its
    output, a transposed one at every position of its input. Each product is added to a sum, hence the factor of 2.
    Biases, normalisation, activations and pooling are left out, as is usual: they are a few per cent.

    Args:
        model: A functional or Sequential model, each layer called once, whose shapes are known but for the batch.

    Raises:
        ValueError: A layer with a kernel is of another kind than dense or convolutional, or a shape is open.

    Example:
        >>> inputs = keras.Input((28, 28, 1))
        >>> x = keras.layers.Conv2D(4, 3, padding="same")(inputs)
        >>> flops(keras.Model(inputs, x)) == 2 * 28 * 28 * 3 * 3 * 1 * 4
        True
    """
    parts = model.operations if hasattr(model, "operations") else model.layers
    return 2 * sum(_products(part) for part in parts)


def _products(operation: Any) -> int:
    if isinstance(operation, keras.Model):
        return flops(operation) // 2
    kernels = [weight for weight in getattr(operation, "weights", ()) if "kernel" in weight.name]
    if not kernels:
        return 0
    if isinstance(operation, _DENSE):
        places = operation.output.shape[1:-1]
    elif isinstance(operation, _TRANSPOSED):
        places = _space(operation, operation.input.shape)
    elif isinstance(operation, _CONVOLUTIONS):
        places = _space(operation, operation.output.shape)
    else:
        raise ValueError(
            f"Layers with kernels must be dense or convolutional to be counted. "
            f"Received: {operation.name} ({type(operation).__name__})."
        )
    if None in places:
        raise ValueError(f"Shapes must be known to be counted. Received: {operation.name} with {places}.")
    return int(math.prod(places) * sum(math.prod(kernel.shape) for kernel in kernels))


def _space(layer: Any, shape: Any) -> tuple[int | None, ...]:
    """Height, width and the like of a shape, without batch and channels."""
    first = layer.data_format == "channels_first"
    return tuple(shape[2:] if first else shape[1:-1])
