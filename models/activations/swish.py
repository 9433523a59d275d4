"""Swish with its parameter beta, fixed or learned."""

from typing import Any

import keras


@keras.saving.register_keras_serializable(package="piste")
def swish(x: Any, beta: Any = 1.0) -> Any:
    """f(z) = z / (1 + exp(-beta * z)); beta = 1 is SiLU, and large values come close to ReLU."""
    if isinstance(beta, (int, float)) and beta == 1:
        return keras.activations.silu(x)
    return x * keras.ops.sigmoid(beta * x)


@keras.saving.register_keras_serializable(package="piste")
class Swish(keras.layers.Layer):
    """f(z) = z / (1 + exp(-beta * z)) with a fixed beta, as a layer.

    Args:
        beta: Must be greater than 0.
        **kwargs: The arguments of every Keras layer, such as `name`.

    References:
        Ramachandran et al. 2017, arXiv:1710.05941.
    """

    def __init__(self, beta: float = 1.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if beta <= 0:
            raise ValueError(f"`beta` must be greater than 0. Received: {beta}.")
        self.beta = beta
        self.supports_masking = True

    def call(self, inputs: Any) -> Any:
        return swish(inputs, self.beta)

    def compute_output_shape(self, input_shape: Any) -> Any:
        return input_shape

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "beta": self.beta}


@keras.saving.register_keras_serializable(package="piste")
class ParametricSwish(keras.layers.Layer):
    """f(z) = z / (1 + exp(-beta * z)) with a learned beta, as a layer.

    Args:
        beta_initializer: Of the betas, one a unit.
        shared_axes: Axes along which one beta is shared, such as `[1, 2]` for one a channel of an image.
        **kwargs: The arguments of every Keras layer, such as `name`.

    References:
        Ramachandran et al. 2017, arXiv:1710.05941.
    """

    def __init__(self, beta_initializer: Any = "ones", shared_axes: Any = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.beta_initializer = keras.initializers.get(beta_initializer)
        self.shared_axes = None if shared_axes is None else list(shared_axes)
        self.supports_masking = True

    def build(self, input_shape: Any) -> None:
        """Makes one beta for each element of the input's shape, and one along each shared axis."""
        shape = [1 if axis in (self.shared_axes or ()) else size for axis, size in enumerate(input_shape)][1:]
        self.beta = self.add_weight(shape=tuple(shape), initializer=self.beta_initializer, name="beta")

    def call(self, inputs: Any) -> Any:
        return swish(inputs, keras.ops.cast(self.beta, inputs.dtype))

    def compute_output_shape(self, input_shape: Any) -> Any:
        return input_shape

    def get_config(self) -> dict[str, Any]:
        start = keras.initializers.serialize(self.beta_initializer)
        return {**super().get_config(), "beta_initializer": start, "shared_axes": self.shared_axes}
