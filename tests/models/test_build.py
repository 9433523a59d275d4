import random
from functools import cache
from typing import Any

import keras
import numpy as np
import pytest

from piste.models.activations.table import ACTIVATIONS
from piste.models.build import build_model
from piste.models.zoo import MODELS
from tests.models.small import IMAGES, SMALL, images

# Every activation in plain chains, and one in the others; make test-all has the rest.
MANY = ("mlp", "cnn", "towers", "layers")
PAIRS = [
    pytest.param(kind, activation, marks=() if kind in MANY or activation == "selu" else pytest.mark.slow)
    for kind in SMALL
    for activation in ACTIVATIONS
]


def weights(model: Any) -> dict[str, np.ndarray]:
    """Every variable by its layer's name and its own; the state of noise layers is among them."""
    return {
        f"{layer.name}/{variable.name}": np.asarray(variable) for layer in model.layers for variable in layer.variables
    }


def same(first: dict[str, np.ndarray], second: dict[str, np.ndarray]) -> bool:
    return list(first) == list(second) and all(np.array_equal(first[path], second[path]) for path in first)


@cache
def float_model(kind: str, activation: str, initializer: str) -> Any:
    spec = {**SMALL[kind], "activation": activation, "initializer": initializer}
    return build_model(spec, **{**images(kind), "input_dtype": "float32", "scale": "none"})


def test_golden_parameter_counts() -> None:
    options = {**IMAGES, "input_shape": (28, 28), "outputs": 10}
    assert build_model({"type": "mlp"}, **options).count_params() == 266_610
    # 3*3*1*32+32, 3*3*32*64+64, 7*7*64*64+64, 64*10+10
    assert build_model({"type": "cnn"}, **options).count_params() == 320 + 18_496 + 200_768 + 650


def test_every_zoo_model_has_a_small_one_here() -> None:
    assert {*MODELS, "layers"} == {*SMALL, "application"}  # that one is in test_application.py


@pytest.mark.parametrize(("kind", "activation"), PAIRS)
def test_swapping_the_activation_changes_nothing_else(kind: str, activation: str) -> None:
    """Against ELU: same names, noise seeds and head; with one explicit initialiser, the same weights."""
    elu, other = float_model(kind, "elu", "auto"), float_model(kind, activation, "auto")
    assert [layer.name for layer in elu.layers] == [layer.name for layer in other.layers]
    for layer, twin in zip(elu.layers, other.layers, strict=True):
        if layer.name.endswith("_act") and layer.name != "head_act":
            continue
        before, after = layer.get_config(), twin.get_config()
        if layer.name != "head":
            for key in ("kernel_initializer", "depthwise_initializer"):
                before.pop(key, None)
                after.pop(key, None)
        assert before == after
    np.testing.assert_array_equal(elu.get_layer("head").kernel, other.get_layer("head").kernel)

    explicit = [weights(float_model(kind, name, "orthogonal")) for name in ("elu", activation)]
    kept = {path: value for path, value in explicit[1].items() if "_act/" not in path}
    assert same(explicit[0], kept)

    x = np.random.default_rng(0).normal(size=(4, *images(kind)["input_shape"])).astype("float32")
    if kind != "autoencoder":
        np.testing.assert_allclose(np.asarray(other(x)).sum(axis=1), np.ones(4), rtol=1e-5)


@pytest.mark.parametrize("kind", SMALL)
def test_the_seed_alone_decides_the_weights(kind: str) -> None:
    built = []
    for seed, noise in ((42, 1), (42, 2), (43, 1)):
        keras.utils.set_random_seed(noise)
        random.random()
        built.append(weights(build_model(SMALL[kind], **{**images(kind), "seed": seed})))
    assert same(built[0], built[1])
    assert not same(built[0], built[2])
    kernels = [value for path, value in built[0].items() if path.endswith("kernel")]
    assert all(np.unique(kernel).size > 0.99 * kernel.size for kernel in kernels)  # float32 draws twins at times


@pytest.mark.parametrize("kind", SMALL)
def test_mixed_precision_ends_in_float32(kind: str) -> None:
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        model = build_model(SMALL[kind], **images(kind))
    finally:
        keras.config.set_dtype_policy(before)
    assert model.output.dtype == "float32"
    assert model.layers[-2].compute_dtype == "bfloat16"
    assert model.get_layer("scale").compute_dtype == "float32"


def test_raw_input_and_first_layer() -> None:
    model = build_model(SMALL["mlp"], **IMAGES)
    assert model.input.dtype == "uint8"
    assert model.input.shape == (None, 8, 8)
    assert model.layers[1].name == "scale"
    assert model.name == "model"


def test_mlp_names_and_linear_head() -> None:
    options = {**IMAGES, "input_shape": (4,), "task": "regression", "scale": "standardize", "outputs": 1}
    model = build_model({"type": "mlp", "hidden": [3], "activation": "tanh"}, **options)
    assert [layer.name for layer in model.layers] == ["inputs", "scale", "dense_1", "dense_1_act", "head"]
    x = np.array([[1, 2, 3, 4]], "uint8")
    hidden = np.tanh(x @ np.asarray(model.get_layer("dense_1").kernel))
    np.testing.assert_allclose(model(x), hidden @ np.asarray(model.get_layer("head").kernel), rtol=1e-5)


def test_cnn_names() -> None:
    names = [layer.name for layer in build_model(SMALL["cnn"], **IMAGES).layers]
    blocks = [name for i in (1, 2) for name in (f"conv_{i}", f"conv_{i}_act", f"pool_{i}")]
    tail = ["flatten", "dense_1_dropout", "dense_1", "dense_1_act", "head_dropout", "head", "head_act"]
    assert names == ["inputs", "scale", "channels", *blocks, *tail]


@pytest.mark.parametrize(
    ("spec", "changes", "words"),
    [
        (
            {"type": "mpl"},
            {},
            r"A model's `type` must be one of mlp, residual_mlp, .*\. Received: `mpl`\. Did you mean `mlp`\?",
        ),
        ({}, {}, r"A model must have a `type` or `layers`\. Received: neither\."),
        ({"type": "mlp", "hiden": [1]}, {}, r"The model `mlp` has no argument `hiden`\. Did you mean `hidden`\?"),
        ({"type": "mlp", "seed": 1}, {}, r"The model `mlp` has no argument `seed`\."),
        ({"layers": [], "type": "mlp"}, {}, r"The model `layers` has no argument `type`\."),
        ({"type": "mlp", "hidden": [4, 0]}, {}, r"hidden\[1\]: .*`units`, expected a positive integer"),
        ({"type": "mlp", "dropout": 1.0}, {}, r"`dropout` must be at least 0 and less than 1\. Received: 1\.0\."),
        ({"type": "cnn", "filters": [1] * 4}, {}, r"filters\[3\]: Computed output size would be zero or negative"),
        (
            {"type": "cnn"},
            {"input_shape": (8,)},
            r"`type: cnn` must have images of height x width \(x channels\)\. Received: shape \(8,\)\. Use `type: mlp`",
        ),
        (
            {"type": "mlp"},
            {"task": "ranking"},
            r"`task` must be classification, multilabel or regression\. Received: `ranking`",
        ),
    ],
)
def test_wrong_models(spec: dict[str, Any], changes: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        build_model(spec, **{**IMAGES, **changes})
