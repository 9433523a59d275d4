"""A dropout layer that drops in inference too."""

from typing import Any

import keras


@keras.saving.register_keras_serializable(package="piste")
class AlwaysDropping(keras.layers.Wrapper):
    """Calls a dropout layer as in training, whatever the model around it is told.

    The layers after it are not touched: batch normalisation keeps to inference.

    Args:
        layer: A dropout layer of its own, since every call moves its seed.
        **kwargs: The arguments of every Keras layer, such as `name`.

    Example:
        >>> import numpy as np
        >>> layer = AlwaysDropping(keras.layers.Dropout(0.5, seed=1))
        >>> sorted(set(np.ravel(layer(np.ones((8, 8)), training=False)).tolist()))
        [0.0, 2.0]
    """

    def __init__(self, layer: Any, **kwargs: Any) -> None:
        super().__init__(layer, **kwargs)
        self.supports_masking = True

    def call(self, inputs: Any) -> Any:
        # Calling the layer itself would put the rest of the model in training mode, unless it is told otherwise.
        return self.layer.call(inputs, training=True)

    def compute_output_shape(self, input_shape: Any) -> Any:
        return input_shape
