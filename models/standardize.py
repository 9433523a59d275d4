"""Zero mean and unit variance of each feature, as a layer of the model."""

from typing import Any

import keras
import numpy as np


@keras.saving.register_keras_serializable(package="piste")
class Standardize(keras.layers.Layer):
    """(x - mean) / deviation for each feature, with training statistics saved among the weights.

    Before `fit`, mean is 0 and deviation 1. A feature that never varies keeps deviation 1, so that an unseen
    value does not explode.
    """

    def build(self, input_shape: Any) -> None:
        shape = tuple(input_shape[1:])
        self.mean = self.add_weight(shape=shape, initializer="zeros", trainable=False, name="mean")
        self.deviation = self.add_weight(shape=shape, initializer="ones", trainable=False, name="deviation")

    def call(self, inputs: Any) -> Any:
        return (keras.ops.cast(inputs, self.compute_dtype) - self.mean) / self.deviation

    def compute_output_shape(self, input_shape: Any) -> Any:
        return input_shape

    def compute_output_spec(self, inputs: Any) -> Any:
        return keras.KerasTensor(inputs.shape, dtype=self.compute_dtype)

    def fit(self, x: np.ndarray, *, chunk: int = 4096) -> None:
        """Sets mean and deviation from training data, in float64 and chunk by chunk.

        Args:
            x: Training inputs, (samples, ...) as stored.
            chunk: Samples converted to float64 at once.

        Raises:
            ValueError: There are no samples, the shape is not the layer's, or a value is not finite.
        """
        expected = tuple(self.mean.shape)
        if x.shape[1:] != expected or len(x) == 0:
            raise ValueError(f"`x` must be samples of shape {expected}. Received: an array of shape {x.shape}.")
        parts = [slice(start, start + chunk) for start in range(0, len(x), chunk)]
        mean = sum(x[part].sum(axis=0, dtype=np.float64) for part in parts) / len(x)
        variance = sum(np.square(x[part] - mean).sum(axis=0) for part in parts) / len(x)
        if not (np.isfinite(mean).all() and np.isfinite(variance).all()):
            raise ValueError("`x` must be finite to be standardized. Received: NaN or infinite values.")
        varies = x.max(axis=0) > x.min(axis=0)  # a variance may miss 0 by rounding
        self.mean.assign(mean)
        self.deviation.assign(np.where(varies, np.sqrt(variance), 1.0))
