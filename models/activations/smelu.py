"""SmeLU: ReLU with its corner replaced by a parabola."""

from typing import Any

import keras


@keras.saving.register_keras_serializable(package="piste")
def smelu(x: Any, beta: float = 1.0) -> Any:
    """f(z) = 0 for z <= -beta, (z + beta)^2 / (4 * beta) for |z| < beta, z for z >= beta."""
    inside = keras.ops.clip(x + beta, 0.0, 2 * beta)
    return keras.ops.where(x >= beta, x, inside * inside / (4 * beta))


@keras.saving.register_keras_serializable(package="piste")
class SmeLU(keras.layers.Layer):
    """SmeLU as a layer.

    Args:
        beta: Half the width of the parabola; must be greater than 0.
        **kwargs: The arguments of every Keras layer, such as `name`.

    References:
        Shamir et al. 2020, Smooth activations and reproducibility in deep networks, arXiv:2010.09931.
    """

    def __init__(self, beta: float = 1.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if beta <= 0:
            raise ValueError(f"`beta` must be greater than 0. Received: {beta}.")
        self.beta = beta
        self.supports_masking = True

    def call(self, inputs: Any) -> Any:
        return smelu(inputs, self.beta)

    def compute_output_shape(self, input_shape: Any) -> Any:
        return input_shape

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "beta": self.beta}
