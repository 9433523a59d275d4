"""The zoo's `application`: what it is made of, what decides its weights, and what it refuses."""

import random
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from piste.models.application_images import Resize
from piste.models.applications import APPLICATIONS
from piste.models.build import build_model

SPEC: dict[str, Any] = {"type": "application", "application": "MobileNetV2", "alpha": 0.35, "size": [32, 32]}
QUICK = ("EfficientNetV2B0", "MobileNetV3Small", "VGG16")
IMAGES = np.random.default_rng(0).integers(0, 256, (4, 28, 28)).astype("uint8")


def built(*, shape: tuple[int, ...] = (28, 28), seed: int = 42, outputs: int = 10, **changes: Any) -> Any:
    spec = {key: value for key, value in {**SPEC, **changes}.items() if value is not None}
    return build_model(
        spec, input_shape=shape, input_dtype="uint8", outputs=outputs, task="classification", scale="unit", seed=seed
    )  # fmt: skip


def trunk() -> Any:
    return keras.applications.MobileNetV2(
        alpha=0.35, weights=None, include_top=False, input_shape=(32, 32, 3), pooling="avg"
    )


@pytest.fixture(scope="module")
def plain() -> Any:
    return built()


def test_what_it_is_made_of(plain: Any) -> None:
    names = ["inputs", "scale", "grey", "repeat", "channels", "resize", "trunk", "head", "head_act"]
    assert [layer.name for layer in plain.layers] == names
    assert plain.count_params() == trunk().count_params() + 1280 * 10 + 10
    np.testing.assert_allclose(np.array(plain(IMAGES)).sum(axis=1), np.ones(4), rtol=1e-5)


@pytest.mark.parametrize(
    "name", [name if name in QUICK else pytest.param(name, marks=pytest.mark.slow) for name in APPLICATIONS]
)
def test_every_application_is_what_keras_has(name: str) -> None:
    side = APPLICATIONS[name].smallest
    model = built(application=name, alpha=None, size=[side, side])
    expected = getattr(keras.applications, name)(
        weights=None, include_top=False, input_shape=(side, side, 3), pooling="avg"
    )
    trunk = model.get_layer("trunk")
    assert [weight.shape for weight in trunk.weights] == [weight.shape for weight in expected.weights]
    assert model.count_params() == expected.count_params() + 10 * (expected.output.shape[-1] + 1)


def test_a_call_leaves_the_statistics_alone(plain: Any) -> None:
    before = [np.array(weight) for weight in plain.weights]
    plain(IMAGES)
    assert all(np.array_equal(one, other) for one, other in zip(before, plain.weights, strict=True))


def test_images_are_resized_as_keras_does_it() -> None:
    colour = np.random.default_rng(1).uniform(size=(2, 5, 7, 3)).astype("float32")
    expected = keras.layers.Resizing(8, 4)(colour)
    np.testing.assert_allclose(Resize(8, 4)(colour), expected, rtol=1e-6)


def test_the_seed_alone_decides_the_weights(plain: Any) -> None:
    keras.utils.set_random_seed(2)
    state = random.getstate()
    same = built()
    assert all(np.array_equal(one, other) for one, other in zip(plain.weights, same.weights, strict=True))
    assert random.getstate() == state
    other = built(seed=43)
    assert not np.array_equal(plain.get_layer("trunk").weights[0], other.get_layer("trunk").weights[0])


def test_the_activation_changes_no_weight(plain: Any) -> None:
    swapped = built(activation="silu", dropout=0.2)
    assert [np.array_equal(a, b) for a, b in zip(plain.weights, swapped.weights, strict=True)] == [True] * len(
        plain.weights
    )
    ends = [keras.Model(net.inputs[0], net.get_layer("head").input)(IMAGES) for net in (plain, swapped)]
    assert (np.array(ends[0]) != np.array(ends[1])).any()
    acts = [layer for layer in swapped.get_layer("trunk").layers if isinstance(layer, keras.layers.Activation)]
    assert len(acts) == 35 and {layer.activation for layer in acts} == {keras.activations.silu}
    learned = built(activation="prelu", pooling="max")
    assert learned.count_params() > plain.count_params()


@pytest.mark.slow
def test_weights_from_a_file_see_the_images_that_keras_would_give_them(tmp_path: Path) -> None:
    reference = trunk()
    reference.save_weights(tmp_path / "trunk.weights.h5")
    colour = np.random.default_rng(1).integers(0, 256, (2, 32, 32, 3)).astype("uint8")
    model = built(shape=(32, 32, 3), weights=str(tmp_path / "trunk.weights.h5"), size=None)
    features = keras.Model(model.inputs[0], model.get_layer("head").input)
    pixels = keras.applications.mobilenet_v2.preprocess_input(colour.astype("float32"))
    np.testing.assert_allclose(features(colour), reference(pixels), rtol=1e-4, atol=1e-5)


def test_one_sigmoid_unit_and_numbers() -> None:
    assert built(head="sigmoid", outputs=2).output_shape == (None, 1)


@pytest.mark.parametrize(
    ("shape", "changes", "words"),
    [
        ((28, 28), {"application": "MobilNetV2"}, "Did you mean `MobileNetV2`"),
        ((784,), {}, r"must have images of height x width, with one channel or three. Received: shape \(784,\)"),
        ((32, 32, 4), {}, r"Received: shape \(32, 32, 4\)"),
        ((28, 28), {"size": None}, r"must have images of 32 x 32 or more. Received: 28 x 28. Set `size`"),
        (
            (28, 28),
            {"application": "VGG16"},
            r"`alpha` must be null for VGG16: it is of the MobileNets. Received: 0.35",
        ),
        ((28, 28), {"pooling": "sum"}, r"`pooling` must be avg or max. Received: sum"),
        ((28, 28), {"weights": "imagenet"}, r"`weights` must be a file, as nothing is downloaded. Received: imagenet"),
        (
            (28, 28),
            {"application": "EfficientNetB0", "alpha": None, "weights": "some.h5"},
            "`weights` must be null for EfficientNetB0",
        ),
    ],
)
def test_refusals(shape: tuple[int, ...], changes: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        built(shape=shape, **changes)


def test_files_that_hold_other_weights_are_refused(tmp_path: Path) -> None:
    keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)]).save_weights(tmp_path / "other.weights.h5")
    (tmp_path / "damaged.weights.h5").write_bytes(b"nothing of the kind")
    for name in ("other", "damaged"):
        with pytest.raises(ValueError, match=r"`weights` must be of MobileNetV2 without its top, alpha 0.35. Received"):
            built(weights=str(tmp_path / f"{name}.weights.h5"))
