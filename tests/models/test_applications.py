"""The table of keras.applications against the Keras installed."""

import inspect
from typing import Any

import keras
import numpy as np
import pytest

from piste.models.application_images import pixels_for, three_channels
from piste.models.applications import APPLICATIONS, find_application

HOMES = {
    "ConvNeXt": "convnext", "DenseNet": "densenet", "EfficientNetB": "efficientnet",
    "EfficientNetV2": "efficientnet_v2", "InceptionR": "inception_resnet_v2", "InceptionV3": "inception_v3",
    "MobileNetV2": "mobilenet_v2", "MobileNetV3": "mobilenet_v3", "NASNet": "nasnet", "VGG16": "vgg16",
    "VGG19": "vgg19", "Xception": "xception",
}  # fmt: skip
PIXELS = np.random.default_rng(0).integers(0, 256, (2, 4, 5, 3)).astype("uint8")


def home(name: str) -> Any:
    """The module of an application, where its `preprocess_input` is."""
    if name.startswith("ResNet"):
        return keras.applications.resnet_v2 if name.endswith("V2") else keras.applications.resnet
    if name == "MobileNet":
        return keras.applications.mobilenet
    return getattr(keras.applications, next(module for start, module in HOMES.items() if name.startswith(start)))


def test_every_function_of_the_installed_keras_is_there() -> None:
    assert set(APPLICATIONS) == {name for name, item in vars(keras.applications).items() if inspect.isfunction(item)}


@pytest.mark.parametrize("name", APPLICATIONS)
def test_arguments_are_those_of_the_function(name: str) -> None:
    parameters = inspect.signature(getattr(keras.applications, name)).parameters
    entry = APPLICATIONS[name]
    assert {"weights", "include_top", "input_shape", "pooling", "name"} <= set(parameters)
    assert entry.alpha == ("alpha" in parameters)
    assert (entry.preprocessing == "argument") == ("include_preprocessing" in parameters)


@pytest.mark.parametrize("name", ["InceptionV3", "InceptionResNetV2", "Xception", "VGG16", "MobileNetV3Small"])
def test_keras_refuses_what_is_smaller(name: str) -> None:
    size = APPLICATIONS[name].smallest - 1
    with pytest.raises(ValueError, match=f"at least {size + 1}x{size + 1}"):
        getattr(keras.applications, name)(weights=None, include_top=False, input_shape=(size, size, 3))


@pytest.mark.parametrize("name", APPLICATIONS)
def test_published_weights_see_what_preprocess_input_makes_of_pixels(name: str) -> None:
    expected = home(name).preprocess_input(PIXELS.astype("float32"))
    got = pixels_for(APPLICATIONS[name], PIXELS / np.float32(255), published=True)
    np.testing.assert_allclose(got, expected, atol=1e-4)


def test_images_on_a_scale_stay_but_for_what_is_divided_inside() -> None:
    x = PIXELS / np.float32(255)
    assert pixels_for(APPLICATIONS["ResNet50"], x, published=False) is x
    inside = {name for name, entry in APPLICATIONS.items() if pixels_for(entry, x, published=False) is not x}
    assert inside == {f"EfficientNetB{size}" for size in range(8)}
    np.testing.assert_allclose(pixels_for(APPLICATIONS["EfficientNetB0"], x, published=False), PIXELS, atol=1e-4)


@pytest.mark.parametrize("grey", [PIXELS[..., 0], PIXELS[..., :1]], ids=["no channel", "one channel"])
def test_grey_is_repeated(grey: np.ndarray) -> None:
    inputs = keras.Input(grey.shape[1:])
    got = keras.Model(inputs, three_channels(inputs))(grey.astype("float32"))
    np.testing.assert_array_equal(got, np.repeat(PIXELS[..., :1], 3, axis=-1))
    assert three_channels(keras.Input((4, 5, 3))).shape == (None, 4, 5, 3)


def test_a_name_that_is_none() -> None:
    with pytest.raises(ValueError, match=r"Received: `MobilNetV2`\. Did you mean `MobileNetV2`"):
        find_application("MobilNetV2")
