"""Floating-point operations, worked out by hand and as others tell them."""

from typing import Any

import keras
import pytest
from keras import layers

from piste.models.build import build_model
from piste.models.flops import flops

FASHION: dict[str, Any] = {
    "input_shape": (28, 28),
    "input_dtype": "uint8",
    "outputs": 10,
    "task": "classification",
    "scale": "unit",
    "seed": 42,
}


def test_lenet_5_by_hand() -> None:
    # 28 x 28 and 10 x 10 places of a convolution, then dense layers.
    products = 28 * 28 * 25 * 6 + 10 * 10 * 25 * 6 * 16 + 400 * 120 + 120 * 84 + 84 * 10
    assert flops(build_model({"type": "lenet5"}, **FASHION)) == 2 * products == 833_040


@pytest.mark.parametrize(
    ("layer", "shape", "products"),
    [
        (layers.Dense(3), (5,), 5 * 3),
        (layers.Dense(3), (7, 5), 7 * 5 * 3),
        (layers.Conv1D(3, 2), (6, 5), 5 * 2 * 5 * 3),
        (layers.Conv2D(4, 3, strides=2, padding="same"), (8, 8, 2), 4 * 4 * 9 * 2 * 4),
        (layers.Conv2D(4, 3, groups=2, padding="same"), (8, 8, 2), 8 * 8 * 9 * 1 * 4),
        (layers.DepthwiseConv2D(3, depth_multiplier=2), (8, 8, 5), 6 * 6 * 9 * 5 * 2),
        (layers.SeparableConv2D(4, 3), (8, 8, 5), 6 * 6 * (9 * 5 + 5 * 4)),
        (layers.Conv2DTranspose(4, 3, strides=2, padding="same"), (8, 8, 5), 8 * 8 * 9 * 5 * 4),
        (layers.MaxPooling2D(), (8, 8, 5), 0),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, keras.Layer) else None,
)
def test_one_layer(layer: Any, shape: tuple[int, ...], products: int) -> None:
    inputs = keras.Input(shape)
    assert flops(keras.Model(inputs, layer(inputs))) == 2 * products


def test_a_model_inside_a_model() -> None:
    inner = keras.Sequential([keras.Input((5,)), layers.Dense(4), layers.BatchNormalization(), layers.Dense(3)])
    inputs = keras.Input((2,))
    model = keras.Model(inputs, inner(layers.Dense(5)(inputs)))
    assert flops(model) == 2 * (2 * 5 + 5 * 4 + 4 * 3)


@pytest.mark.parametrize(
    ("layer", "shape", "words"),
    [
        (layers.LSTM(3), (4, 2), r"Layers with kernels must be dense or convolutional to be counted\. Received: lstm"),
        (layers.Conv2D(3, 2), (None, 8, 1), r"Shapes must be known to be counted\. Received: conv2d"),
    ],
)
def test_what_cannot_be_counted(layer: Any, shape: Any, words: str) -> None:
    inputs = keras.Input(shape)
    with pytest.raises(ValueError, match=words):
        flops(keras.Model(inputs, layer(inputs)))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("spec", "giga"),  # multiplications as torchvision tells them for 224 x 224 images
    [
        ({"type": "resnet", "blocks": [2, 2, 2, 2], "stem": "imagenet", "filters": 64}, 1.81),
        ({"type": "mobilenet_v2", "stem": "imagenet", "strides": [1, 2, 2, 2, 1, 2, 1]}, 0.30),
    ],
)
def test_well_known_models(spec: dict[str, Any], giga: float) -> None:
    model = build_model(spec, **{**FASHION, "input_shape": (224, 224, 3), "outputs": 1000})
    assert round(flops(model) / 2e9, 2) == giga
