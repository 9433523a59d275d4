"""The layers that a config may name: a closed table, importable without Keras.

The key is the config's `type`, spelled as Keras itself turns the class name into snake case; the value is
the class in `keras.layers`. Layers that run code from a file, wrap layers or want several inputs are absent.
"""

import re
from collections.abc import Mapping
from types import MappingProxyType

from piste.models.suggest import did_you_mean

LAYERS: Mapping[str, str] = MappingProxyType(
    {
        "dense": "Dense",
        "conv1d": "Conv1D",
        "conv2d": "Conv2D",
        "conv3d": "Conv3D",
        "conv1d_transpose": "Conv1DTranspose",
        "conv2d_transpose": "Conv2DTranspose",
        "depthwise_conv1d": "DepthwiseConv1D",
        "depthwise_conv2d": "DepthwiseConv2D",
        "separable_conv1d": "SeparableConv1D",
        "separable_conv2d": "SeparableConv2D",
        "embedding": "Embedding",
        "simple_rnn": "SimpleRNN",
        "lstm": "LSTM",
        "gru": "GRU",
        "max_pooling1d": "MaxPooling1D",
        "max_pooling2d": "MaxPooling2D",
        "max_pooling3d": "MaxPooling3D",
        "average_pooling1d": "AveragePooling1D",
        "average_pooling2d": "AveragePooling2D",
        "average_pooling3d": "AveragePooling3D",
        "global_max_pooling1d": "GlobalMaxPooling1D",
        "global_max_pooling2d": "GlobalMaxPooling2D",
        "global_max_pooling3d": "GlobalMaxPooling3D",
        "global_average_pooling1d": "GlobalAveragePooling1D",
        "global_average_pooling2d": "GlobalAveragePooling2D",
        "global_average_pooling3d": "GlobalAveragePooling3D",
        "batch_normalization": "BatchNormalization",
        "layer_normalization": "LayerNormalization",
        "group_normalization": "GroupNormalization",
        "rms_normalization": "RMSNormalization",
        "unit_normalization": "UnitNormalization",
        "dropout": "Dropout",
        "alpha_dropout": "AlphaDropout",
        "gaussian_dropout": "GaussianDropout",
        "gaussian_noise": "GaussianNoise",
        "spatial_dropout1d": "SpatialDropout1D",
        "spatial_dropout2d": "SpatialDropout2D",
        "activity_regularization": "ActivityRegularization",
        "flatten": "Flatten",
        "reshape": "Reshape",
        "permute": "Permute",
        "repeat_vector": "RepeatVector",
        "cropping1d": "Cropping1D",
        "cropping2d": "Cropping2D",
        "zero_padding1d": "ZeroPadding1D",
        "zero_padding2d": "ZeroPadding2D",
        "up_sampling1d": "UpSampling1D",
        "up_sampling2d": "UpSampling2D",
        "masking": "Masking",
        "rescaling": "Rescaling",
        "resizing": "Resizing",
        "center_crop": "CenterCrop",
        "random_flip": "RandomFlip",
        "random_rotation": "RandomRotation",
        "random_translation": "RandomTranslation",
        "random_zoom": "RandomZoom",
        "random_contrast": "RandomContrast",
    }
)

RECURRENT = frozenset({"simple_rnn", "lstm", "gru"})
"""Types whose `activation` works inside the step and therefore stays inside the layer."""

_OWN: dict[str, type] = {}

OWN_LAYERS: Mapping[str, type] = MappingProxyType(_OWN)
"""What `register_layer` added: type -> class."""


def layer_class(type_name: str) -> type:
    """The class that a config's layer `type` stands for. Imports Keras.

    Raises:
        ValueError: The type is not in the table; the message offers the nearest.
    """
    if type_name in _OWN:
        return _OWN[type_name]
    if type_name not in LAYERS:
        hint = did_you_mean(type_name, [*LAYERS, *_OWN])
        raise ValueError(f"A layer's `type` must be in `piste list layers`. Received: `{type_name}`.{hint}")
    import keras

    found: type = getattr(keras.layers, LAYERS[type_name])
    return found


def register_layer(type_name: str, layer: type) -> None:
    """Lets configs of this process use one's own layer.

    The class is also registered with Keras under the package `piste`, unless it already is registered, so
    that saved models load. An `__init__` argument `seed` and arguments that end in `_initializer` get the
    seeds that Piste derives from the layer's path.

    Args:
        type_name: The config's `type`: lower case letters, digits and underscores.
        layer: A subclass of `keras.layers.Layer` with one input and one output.

    Raises:
        ValueError: The name is taken or not in snake case.
        TypeError: `layer` is not a layer class.
    """
    import keras

    if not re.fullmatch(r"[a-z][a-z0-9_]*", type_name):
        raise ValueError(f"A layer's `type` must be in snake case. Received: `{type_name}`.")
    if type_name in LAYERS or type_name in _OWN or type_name in ("activation", "repeat"):
        raise ValueError(f"The layer type `{type_name}` is taken. Choose another name.")
    if not (isinstance(layer, type) and issubclass(layer, keras.layers.Layer)):
        raise TypeError(f"`layer` must be a subclass of keras.layers.Layer. Received: {layer!r}.")
    if keras.saving.get_registered_name(layer) == layer.__name__:
        keras.saving.register_keras_serializable(package="piste")(layer)
    _OWN[type_name] = layer
