"""Numbers of weights worked out by hand or told by others; what each architecture takes and computes."""

from typing import Any

import keras
import numpy as np
import pytest

from piste.models.activations import identify
from piste.models.build import build_model

GRAY: dict[str, Any] = {
    "input_shape": (28, 28),
    "input_dtype": "uint8",
    "outputs": 10,
    "task": "classification",
    "scale": "unit",
    "seed": 42,
}
COLOUR = {**GRAY, "input_shape": (32, 32, 3)}
TABLE: dict[str, Any] = {**GRAY, "input_shape": (8,), "input_dtype": "float32", "outputs": 3, "scale": "none"}
ITSELF: dict[str, Any] = {**GRAY, "outputs": 784, "task": "regression"}
SMALL_IMAGE: dict[str, Any] = {**ITSELF, "input_shape": (8, 8), "outputs": 64}


def trained(model: Any) -> int:
    return sum(int(np.prod(weight.shape)) for weight in model.trainable_weights)


def test_lenet_5_has_the_weights_that_are_told_of_it() -> None:
    # 5 5 6 + 6, 5 5 6 16 + 16, 400 120 + 120, 120 84 + 84, 84 10 + 10
    assert 156 + 2_416 + 48_120 + 10_164 + 850 == 61_706
    model = build_model({"type": "lenet5"}, **GRAY)
    assert model.count_params() == 61_706
    assert model.get_layer("pool_2").output.shape == (None, 5, 5, 16)
    average = build_model({"type": "lenet5", "pooling": "average", "activation": "tanh"}, **GRAY)
    assert average.count_params() == 61_706
    assert isinstance(average.get_layer("pool_1"), keras.layers.AveragePooling2D)


def test_vgg() -> None:
    blocks = (320 + 9_248) + (18_496 + 36_928) + (73_856 + 147_584)  # 9 n m + m for each convolution
    model = build_model({"type": "vgg"}, **GRAY)
    assert model.count_params() == blocks + (9 * 128 * 256 + 256) + (256 * 10 + 10) == 584_170
    assert [layer.name for layer in model.layers][3:8] == [
        "block_1_conv_1", "block_1_conv_1_act", "block_1_conv_2", "block_1_conv_2_act", "block_1_pool",
    ]  # fmt: skip


@pytest.mark.slow
def test_vgg_16_has_the_convolutions_that_keras_tells() -> None:
    model = build_model({"type": "vgg", "blocks": [2, 2, 3, 3, 3], "filters": 64, "dense": []}, **COLOUR)
    assert model.count_params() == 14_714_688 + 512 * 10 + 10


def test_a_small_mobilenet() -> None:
    spec = {"type": "mobilenet_v2", "blocks": [1, 2], "filters": [8, 16], "strides": [1, 2], "expansion": 2}
    stem = 9 * 32 + 4 * 32
    first = (9 * 32 + 4 * 32) + (32 * 8 + 4 * 8)
    second = (8 * 16 + 4 * 16) + (9 * 16 + 4 * 16) + (16 * 16 + 4 * 16)
    third = (16 * 32 + 4 * 32) + (9 * 32 + 4 * 32) + (32 * 16 + 4 * 16)
    last = 16 * 1280 + 4 * 1280
    model = build_model(spec, **GRAY)
    assert model.count_params() == stem + first + second + third + last + 1280 * 10 + 10 == 41_882
    assert [layer.name for layer in model.layers if layer.name.endswith("_add")] == ["stage_2_block_2_add"]
    known = identify(model.get_layer("stem_act"))
    assert known is not None and known[0].name == "relu6"


def test_mobilenet_v2_has_the_weights_that_torchvision_tells() -> None:
    spec = {"type": "mobilenet_v2", "stem": "imagenet", "strides": [1, 2, 2, 2, 1, 2, 1]}
    assert trained(build_model(spec, **{**COLOUR, "outputs": 1000})) == 3_504_872


def test_residual_mlp() -> None:
    spec = {"type": "residual_mlp", "blocks": 2, "width": 4, "hidden": 6}
    block = 4 * 4 + (4 * 6 + 6) + (6 * 4 + 4)
    assert build_model(spec, **TABLE).count_params() == (8 * 4 + 4) + 2 * block + 4 * 4 + (4 * 3 + 3) == 215
    assert build_model({"type": "residual_mlp"}, **GRAY).get_layer("stem").kernel.shape == (784, 128)


def test_a_residual_block_of_dense_layers() -> None:
    spec = {"type": "residual_mlp", "blocks": 1, "width": 4, "hidden": 6, "activation": "tanh", "batch_norm": None}
    model = build_model(spec, **{**TABLE, "task": "regression"})
    kernel = {layer.name: np.asarray(layer.kernel) for layer in model.layers if hasattr(layer, "kernel")}
    x = np.random.default_rng(0).normal(size=(5, 8)).astype("float32")
    h = x @ kernel["stem"]
    h = h + np.tanh(h @ kernel["block_1_dense_1"]) @ kernel["block_1_dense_2"]
    np.testing.assert_allclose(model(x), np.tanh(h) @ kernel["head"], rtol=1e-4, atol=1e-5)


def test_wide_and_deep_adds_two_logits() -> None:
    model = build_model({"type": "wide_and_deep", "hidden": [5, 4], "activation": "tanh"}, **TABLE)
    assert model.count_params() == (8 * 5 + 5) + (5 * 4 + 4) + (4 * 3 + 3) + 8 * 3 == 108
    kernel = {layer.name: np.asarray(layer.kernel) for layer in model.layers if hasattr(layer, "kernel")}
    x = np.random.default_rng(0).normal(size=(5, 8)).astype("float32")
    deep = np.tanh(np.tanh(x @ kernel["dense_1"]) @ kernel["dense_2"]) @ kernel["head"]
    odds = np.exp(deep + x @ kernel["wide"])
    np.testing.assert_allclose(model(x), odds / odds.sum(axis=1, keepdims=True), rtol=1e-4)


def test_wide_and_deep_normalises_what_both_parts_see_and_their_sum() -> None:
    spec = {"type": "wide_and_deep", "hidden": [5], "batch_norm": {"input": True, "output": True}}
    names = [layer.name for layer in build_model(spec, **TABLE).layers]
    assert names[2] == "input_norm" and names[-3:] == ["logits", "head_norm", "head_act"]
    assert [name for name in names if name.endswith("_norm")] == ["input_norm", "dense_1_norm", "head_norm"]


def test_a_dense_autoencoder() -> None:
    encoder = (784 * 300 + 300) + (300 * 100 + 100) + (100 * 32 + 32)
    decoder = (32 * 100 + 100) + (100 * 300 + 300) + (300 * 784 + 784)
    model = build_model({"type": "autoencoder"}, **ITSELF)
    assert model.count_params() == encoder + decoder == 538_416
    assert model.get_layer("code").output.shape == (None, 32)


def test_a_convolutional_autoencoder() -> None:
    spec = {"type": "autoencoder", "filters": [2, 3], "hidden": [], "code": 4, "end": "sigmoid"}
    encoder = (9 * 1 * 2 + 2) + (9 * 2 * 3 + 3) + (12 * 4 + 4)
    decoder = (4 * 12 + 12) + (9 * 3 * 2 + 2) + (9 * 2 * 1 + 1)
    model = build_model(spec, **SMALL_IMAGE)
    assert model.count_params() == encoder + decoder == 264
    outputs = np.asarray(model(np.zeros((2, 8, 8), "uint8")))
    assert outputs.shape == (2, 64) and (outputs > 0).all() and (outputs < 1).all()


@pytest.mark.parametrize(
    ("spec", "options", "words"),
    [
        ({"type": "lenet5", "pooling": "mean"}, GRAY, r"`pooling` must be one of max, average\. Received: mean\."),
        ({"type": "lenet5"}, {**GRAY, "input_shape": (8, 8)}, r"filters\[1\]: "),
        ({"type": "vgg", "blocks": [1] * 5}, GRAY, r"blocks\[4\]: "),
        ({"type": "mobilenet_v2", "stem": "none"}, GRAY, r"`stem` must be one of cifar, imagenet\. Received: none"),
        (
            {"type": "mobilenet_v2", "blocks": [1, 1]},
            GRAY,
            r"`blocks`, `filters` and `strides` must have one number a stage\. Received: 2, 7 and 7\.",
        ),
        (
            {"type": "wide_and_deep"},
            GRAY,
            r"must have vectors of numbers\. Received: shape \(28, 28\)\. Use `type: mlp`",
        ),
        (
            {"type": "autoencoder"},
            GRAY,
            r"must predict its own inputs\. Received: classification with 10 outputs\. Set `data.reconstruct: true`\.",
        ),
        ({"type": "autoencoder", "end": "tanh"}, ITSELF, r"`end` must be one of linear, sigmoid\. Received: tanh\."),
        (
            {"type": "autoencoder", "filters": [2, 2, 2]},
            ITSELF,
            r"filters: 3 halvings must leave whole numbers\. Received: images of 28 x 28\. Use fewer\.",
        ),
        (
            {"type": "autoencoder", "filters": [2]},
            {**TABLE, "task": "regression", "outputs": 8},
            r"filters: these need images\. Received: inputs of shape \(8,\)\. Leave them out\.",
        ),
    ],
)
def test_what_is_refused(spec: dict[str, Any], options: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        build_model(spec, **options)
