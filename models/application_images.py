"""Images as the architectures of `keras.applications` take them, by layers of Keras's own in one chain."""

from typing import Any

import keras

from piste.models.applications import Application

# ImageNet's, from 0 to 255, red first.
_MEAN = (123.68, 116.779, 103.939)
_TORCH_MEAN = (0.485, 0.456, 0.406)
_TORCH_DEVIATION = (0.229, 0.224, 0.225)


@keras.saving.register_keras_serializable(package="piste")
class Resize(keras.layers.Layer):
    """Bilinear resizing of images.

    Keras's own Resizing takes `training=True` where a call says nothing of it, and hands that on to the layers after
    it: batch normalisation would then change its statistics in `model(x)`.

    Args:
        height: Of the result.
        width: Of the result.
        **kwargs: The arguments of every Keras layer, such as `name`.
    """

    def __init__(self, height: int, width: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.height, self.width = height, width

    def call(self, inputs: Any) -> Any:
        return keras.ops.image.resize(inputs, (self.height, self.width), interpolation="bilinear")

    def compute_output_shape(self, input_shape: Any) -> Any:
        return (input_shape[0], self.height, self.width, input_shape[-1])

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "height": self.height, "width": self.width}


def three_channels(x: Any) -> Any:
    """Repeats the only channel of grey images; those with three stay.

    Args:
        x: (batch, height, width) or (batch, height, width, 1 or 3).

    Returns:
        (batch, height, width, 3).
    """
    if len(x.shape) == 4 and x.shape[-1] == 3:
        return x
    height, width = x.shape[1:3]
    x = keras.layers.Reshape((height * width, 1), name="grey", dtype="float32")(x)
    x = keras.layers.UpSampling1D(3, name="repeat", dtype="float32")(x)  # each number three times in a row
    return keras.layers.Reshape((height, width, 3), name="channels", dtype="float32")(x)


def pixels_for(entry: Application, x: Any, *, published: bool) -> Any:
    """What the architecture takes, from images that are scaled.

    Args:
        entry: The architecture.
        x: Images, (batch, height, width, 3).
        published: Whether the weights are those that Keras publishes, or as they were trained. Then `x` is from 0 to 1
            and becomes what its `preprocess_input` makes of pixels from 0 to 255. Otherwise `x` stays, but for
            architectures that divide by 255 whatever they get.
    """
    if not published:
        return _rescaled(x, 255.0) if entry.preprocessing == "inside" else x
    if entry.preprocessing == "tf":
        return _rescaled(x, 2.0, -1.0)
    if entry.preprocessing == "torch":
        scale = [1 / deviation for deviation in _TORCH_DEVIATION]
        offset = [-mean / deviation for mean, deviation in zip(_TORCH_MEAN, _TORCH_DEVIATION, strict=True)]
        return _rescaled(x, scale, offset)
    if entry.preprocessing == "caffe":
        return keras.ops.flip(_rescaled(x, 255.0, [-mean for mean in _MEAN]), axis=-1)
    return _rescaled(x, 255.0)


def _rescaled(x: Any, scale: Any, offset: Any = 0.0) -> Any:
    return keras.layers.Rescaling(scale, offset, name="pixels", dtype="float32")(x)
