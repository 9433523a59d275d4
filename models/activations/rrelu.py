"""RReLU: a leaky ReLU whose slope is drawn anew for every number in training."""

from typing import Any

import keras


def mean_slope(x: Any, lower: float = 1 / 8, upper: float = 1 / 3) -> Any:
    """RReLU in inference: f(z) = z if z > 0 else (lower + upper) / 2 * z."""
    return keras.activations.leaky_relu(x, negative_slope=(lower + upper) / 2)


@keras.saving.register_keras_serializable(package="piste")
class RReLU(keras.layers.Layer):
    """f(z) = z if z > 0 else a * z, a drawn from [lower, upper) in training, its mean in inference.

    Args:
        lower: Least slope for z < 0; at least 0.
        upper: Greatest slope; at least `lower`.
        seed: Of the draws.
        **kwargs: The arguments of every Keras layer, such as `name`.

    References:
        Xu et al. 2015, arXiv:1505.00853; there the slope is 1 / x with x from 3 to 8.
    """

    def __init__(self, lower: float = 1 / 8, upper: float = 1 / 3, seed: int | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if not 0 <= lower <= upper:
            raise ValueError(f"`lower` must be at least 0 and at most `upper`. Received: {lower} and {upper}.")
        self.lower, self.upper, self.seed = lower, upper, seed
        self.seed_generator = keras.random.SeedGenerator(seed)
        self.supports_masking = True

    def call(self, inputs: Any, training: bool = False) -> Any:
        if not training:
            return mean_slope(inputs, self.lower, self.upper)
        shape = keras.ops.shape(inputs)
        slope = keras.random.uniform(shape, self.lower, self.upper, dtype=inputs.dtype, seed=self.seed_generator)
        return keras.ops.where(inputs > 0, inputs, slope * inputs)

    def compute_output_shape(self, input_shape: Any) -> Any:
        return input_shape

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "lower": self.lower, "upper": self.upper, "seed": self.seed}
