"""The columns of a table as a model's first layer takes them: numbers standardized, categories one-hot."""

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np

from piste.models.standardize import Standardize


@keras.saving.register_keras_serializable(package="piste")
class TableEncoding(Standardize):
    """First all numbers, (x - mean) / deviation, then each column of categories as 0 and 1.

    Category k of n, counted from 1, is the k-th of n places; 0, a category that training has not seen, is 1 nowhere
    and so adds nothing to the next layer's sums. Before `fit`, mean is 0 and deviation 1.

    Args:
        categories: Number of categories of each column, 0 for a number.

    Example:
        >>> layer = TableEncoding([0, 3])
        >>> layer(np.array([[0.5, 2.0], [1.5, 0.0]], "float32")).numpy().tolist()
        [[0.5, 0.0, 1.0, 0.0], [1.5, 0.0, 0.0, 0.0]]
    """

    def __init__(self, categories: Sequence[int], **arguments: Any) -> None:
        super().__init__(**arguments)
        self.categories = tuple(int(count) for count in categories)

    def call(self, inputs: Any) -> Any:
        numeric = [index for index, count in enumerate(self.categories) if not count]
        parts = []
        if numeric:
            scaled = (keras.ops.cast(inputs, self.compute_dtype) - self.mean) / self.deviation
            parts.append(keras.ops.take(scaled, numeric, axis=1))
        for index, count in enumerate(self.categories):
            if count:
                places = keras.ops.arange(1, count + 1, dtype=self.compute_dtype)
                equal = keras.ops.equal(inputs[:, index : index + 1], keras.ops.cast(places, inputs.dtype))
                parts.append(keras.ops.cast(equal, self.compute_dtype))
        return parts[0] if len(parts) == 1 else keras.ops.concatenate(parts, axis=1)

    def compute_output_shape(self, input_shape: Any) -> Any:
        return (input_shape[0], sum(count or 1 for count in self.categories))

    def compute_output_spec(self, inputs: Any) -> Any:
        return keras.KerasTensor(self.compute_output_shape(inputs.shape), dtype=self.compute_dtype)

    def get_config(self) -> dict[str, Any]:
        """Returns what Keras rebuilds the layer from."""
        return {**super().get_config(), "categories": self.categories}

    def fit(self, x: np.ndarray, *, chunk: int = 4096) -> None:
        """Sets mean and deviation of the numbers from training data; categories keep 0 and 1.

        Args:
            x: Training samples, (samples, columns).
            chunk: Samples converted to float64 at once.

        Raises:
            ValueError: There are no samples, the shape is not the layer's, or a value is not finite.
        """
        super().fit(x, chunk=chunk)
        numeric = np.array([count == 0 for count in self.categories])
        self.mean.assign(np.where(numeric, keras.ops.convert_to_numpy(self.mean), 0.0))
        self.deviation.assign(np.where(numeric, keras.ops.convert_to_numpy(self.deviation), 1.0))
