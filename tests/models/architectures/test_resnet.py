"""Residual networks: numbers of weights worked out by hand or told by others, and what a block computes."""

from typing import Any

import keras
import numpy as np
import pytest

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
IMAGENET = {**COLOUR, "outputs": 1000}

# Kernels of k x k from n to m channels have k k n m weights; batch normalisation has 4 numbers a channel.
STEM = 9 * 1 * 16 + 4 * 16
STAGE_1 = 2 * 9 * 16 * 16 + 2 * 4 * 16
STAGE_2 = 9 * 16 * 32 + 9 * 32 * 32 + 16 * 32 + 3 * 4 * 32
STAGE_3 = 9 * 32 * 64 + 9 * 64 * 64 + 32 * 64 + 3 * 4 * 64
HEAD = 64 * 10 + 10


def trained(model: Any) -> int:
    return sum(int(np.prod(weight.shape)) for weight in model.trainable_weights)


def names(model: Any) -> list[str]:
    return [layer.name for layer in model.layers]


def test_resnet_8() -> None:
    model = build_model({"type": "resnet", "blocks": [1, 1, 1]}, **GRAY)
    assert model.count_params() == STEM + STAGE_1 + STAGE_2 + STAGE_3 + HEAD == 78_426
    block = [f"stage_2_block_1_{part}" for part in ("conv_1", "conv_1_norm", "conv_1_act", "conv_2", "conv_2_norm")]
    assert [name for name in names(model) if name.startswith("stage_2_block_1")] == [
        *block[:4], "stage_2_block_1_skip", block[4], "stage_2_block_1_skip_norm",
        "stage_2_block_1_add", "stage_2_block_1_act",
    ]  # fmt: skip
    assert model.get_layer("stage_1_block_1_act").output.shape == (None, 28, 28, 16)
    assert model.get_layer("stage_3_block_1_act").output.shape == (None, 7, 7, 64)


def test_resnet_20() -> None:
    identity_2, identity_3 = 2 * 9 * 32 * 32 + 2 * 4 * 32, 2 * 9 * 64 * 64 + 2 * 4 * 64
    model = build_model({"type": "resnet"}, **GRAY)
    expected = STEM + 3 * STAGE_1 + STAGE_2 + 2 * identity_2 + STAGE_3 + 2 * identity_3 + HEAD
    assert model.count_params() == expected == 273_754
    # With shortcuts that have no weights, ResNet-20 for colour images is told to train 269,722.
    skips = 16 * 32 + 2 * 32 + 32 * 64 + 2 * 64
    assert trained(build_model({"type": "resnet"}, **COLOUR)) == 269_722 + skips


IMAGENET_18 = {"type": "resnet", "blocks": [2, 2, 2, 2], "stem": "imagenet", "filters": 64}


def test_resnet_18_has_the_weights_that_torchvision_tells() -> None:
    model = build_model(IMAGENET_18, **IMAGENET)
    assert trained(model) == 11_689_512
    assert model.get_layer("stem_pool").output.shape == (None, 8, 8, 64)


@pytest.mark.slow
def test_resnet_50_has_the_weights_that_torchvision_tells() -> None:
    assert (
        trained(build_model({**IMAGENET_18, "blocks": [3, 4, 6, 3], "block": "bottleneck"}, **IMAGENET)) == 25_557_032
    )


def test_without_batch_norm_convolutions_have_biases() -> None:
    model = build_model({"type": "resnet", "blocks": [1], "filters": 2, "batch_norm": None}, **GRAY)
    assert model.count_params() == (9 * 2 + 2) + 2 * (9 * 2 * 2 + 2) + (2 * 10 + 10)
    assert not [name for name in names(model) if name.endswith("_norm")]


def test_a_block_adds_what_its_convolutions_make_to_its_input() -> None:
    spec = {"type": "resnet", "blocks": [1], "filters": 2, "batch_norm": None, "activation": "tanh"}
    model = build_model(spec, **GRAY)
    parts = ["stem_act", "stage_1_block_1_conv_1", "stage_1_block_1_conv_2", "stage_1_block_1_act"]
    look = keras.Model(model.input, [model.get_layer(name).output for name in parts])
    x, z, f, y = (np.asarray(part) for part in look((np.arange(784) % 251).astype("uint8").reshape(1, 28, 28)))
    np.testing.assert_allclose(y, np.tanh(x + f), rtol=1e-5)
    np.testing.assert_allclose(f, model.get_layer(parts[2])(np.tanh(z)), rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize(("activation", "matched"), [("relu", "HeNormal"), ("selu", "LecunNormal")])
def test_every_kernel_is_drawn_for_the_activation_that_sees_it(activation: str, matched: str) -> None:
    for kind in ("resnet", "wide_resnet"):
        model = build_model({"type": kind, "blocks": [1, 1], "filters": 2, "activation": activation}, **GRAY)
        kernels = [layer for layer in model.layers if isinstance(layer, keras.layers.Conv2D)]
        assert {type(layer.kernel_initializer).__name__ for layer in kernels} == {matched}
        assert type(model.get_layer("head").kernel_initializer).__name__ == "GlorotUniform"


def test_wide_resnet() -> None:
    # By hand, 28 x 28 gray, WRN-16-1: the stem has no normalisation, the blocks begin with theirs.
    stage_1 = 2 * (2 * 9 * 16 * 16 + 2 * 4 * 16)
    stage_2 = (4 * 16 + 9 * 16 * 32 + 4 * 32 + 9 * 32 * 32 + 16 * 32) + (2 * 9 * 32 * 32 + 2 * 4 * 32)
    stage_3 = (4 * 32 + 9 * 32 * 64 + 4 * 64 + 9 * 64 * 64 + 32 * 64) + (2 * 9 * 64 * 64 + 2 * 4 * 64)
    model = build_model({"type": "wide_resnet", "widen": 1}, **GRAY)
    assert model.count_params() == 9 * 16 + stage_1 + stage_2 + stage_3 + 4 * 64 + HEAD == 175_706
    # Where the shape changes both branches see the activated input, elsewhere the input itself is added.
    inbound = {
        name: {part.name for part in _inputs(model.get_layer(name))} for name in names(model) if name.endswith("_add")
    }
    assert inbound["stage_1_block_1_add"] == {"stem", "stage_1_block_1_conv_2"}
    assert inbound["stage_2_block_1_add"] == {"stage_2_block_1_conv_2", "stage_2_block_1_skip"}
    begin = model.get_layer("stage_2_block_1_begin_act")
    assert {part.name for part in _inputs(model.get_layer("stage_2_block_1_skip"))} == {begin.name}


def _inputs(layer: Any) -> list[Any]:
    return [tensor._keras_history[0] for tensor in keras.tree.flatten(layer.input)]


@pytest.mark.parametrize(
    ("depth", "widen", "millions"), [(40, 1, 0.6), pytest.param(16, 8, 11.0, marks=pytest.mark.slow)]
)
def test_wide_resnets_are_as_large_as_the_paper_says(depth: int, widen: int, millions: float) -> None:
    spec = {"type": "wide_resnet", "blocks": [(depth - 4) // 6] * 3, "widen": widen}
    assert round(trained(build_model(spec, **COLOUR)) / 1e6, 1) == millions


def test_normalisation_may_stand_after_activations() -> None:
    order = [
        name
        for name in names(build_model({"type": "wide_resnet", "batch_norm": {"position": "after"}}, **GRAY))
        if name.startswith("stage_1_block_2_begin")
    ]
    assert order == ["stage_1_block_2_begin_act", "stage_1_block_2_begin_norm"]


@pytest.mark.parametrize(
    ("spec", "shape", "words"),
    [
        ({"type": "resnet", "block": "big"}, (8, 8), r"`block` must be one of basic, bottleneck\. Received: big\."),
        ({"type": "resnet", "stem": "small"}, (8, 8), r"`stem` must be one of cifar, imagenet\. Received: small\."),
        ({"type": "resnet"}, (8,), r"`type: resnet` must have images of height x width \(x channels\)\. Received: sh"),
        ({"type": "wide_resnet"}, (8,), r"`type: wide_resnet` must have images"),
        ({"type": "wide_resnet", "block_dropout": 1.0}, (8, 8), r"`dropout` must be at least 0 and less than 1"),
        (
            {"type": "resnet", "augment": [{"type": "dropout", "rate": 0.1}]},
            (8, 8),
            r"augment\[0\]: must be one of random_contrast, random_flip, .*\. Received: dropout\.",
        ),
        ({"type": "resnet", "augment": ["random_zoom"]}, (8, 8), r"augment\[0\]: .*must have `height_factor`"),
    ],
)
def test_what_is_refused(spec: dict[str, Any], shape: tuple[int, ...], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        build_model(spec, **{**GRAY, "input_shape": shape})


def test_augmentation_changes_images_in_training_only() -> None:
    spec = {"type": "resnet", "blocks": [1], "filters": 2, "augment": [{"type": "random_flip", "mode": "horizontal"}]}
    model = build_model(spec, **GRAY)
    look = keras.Model(model.input, model.get_layer("augment_1").output)
    x = np.random.default_rng(0).integers(0, 256, (64, 28, 28), dtype=np.uint8)
    same = (x / 255).astype("float32")[..., None]
    np.testing.assert_allclose(look(x, training=False), same, rtol=1e-5)
    moved = np.asarray(look(x, training=True))
    kept = np.isclose(moved, same).all(axis=(1, 2, 3))
    turned = np.isclose(moved, same[:, :, ::-1]).all(axis=(1, 2, 3))
    assert (kept ^ turned).all() and 10 < kept.sum() < 54
