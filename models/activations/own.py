"""The activations that Keras lacks or gets wrong, registered with Keras under the package `piste`."""

import math
from typing import Any

import keras


@keras.saving.register_keras_serializable(package="piste")
def gelu_tanh(x: Any) -> Any:
    """GELU by tanh, safe in half precision.

    The gradient of Keras's own has z^2, which overflows in float16 beyond |z| = 256 and makes it NaN. Beyond
    |z| = 8 the tanh is 1 to the last bit of float64, so clipping there changes nothing.
    """
    z = keras.ops.clip(x, -8.0, 8.0)
    return 0.5 * x * (1.0 + keras.ops.tanh(math.sqrt(2 / math.pi) * (z + 0.044715 * z * z * z)))


@keras.saving.register_keras_serializable(package="piste")
def celu(x: Any, alpha: float = 1.0) -> Any:
    """CELU with slope 1 at 0; Keras's sum of a maximum and a minimum has slope 2 there under TensorFlow."""
    return keras.ops.where(x > 0, x, alpha * keras.ops.expm1(keras.ops.minimum(x, 0.0) / alpha))


@keras.saving.register_keras_serializable(package="piste")
class CELU(keras.layers.Layer):
    """f(z) = z if z > 0 else alpha * (exp(z / alpha) - 1), as a layer.

    Args:
        alpha: -alpha is the limit for z -> -inf; must be greater than 0.
        **kwargs: The arguments of every Keras layer, such as `name`.

    References:
        Barron 2017, arXiv:1704.07483.
    """

    def __init__(self, alpha: float = 1.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if alpha <= 0:
            raise ValueError(f"`alpha` must be greater than 0. Received: {alpha}.")
        self.alpha = alpha
        self.supports_masking = True

    def call(self, inputs: Any) -> Any:
        return celu(inputs, self.alpha)

    def compute_output_shape(self, input_shape: Any) -> Any:
        return input_shape

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "alpha": self.alpha}
