from typing import Any

import numpy as np
import pytest

from piste.models.build import build_model
from piste.models.free_form import nodes
from piste.models.nodes import Act

HEAD = {"type": "dense", "units": 3, "name": "head", "activation": "softmax"}
IMAGE = {"type": "reshape", "target_shape": [4, 4, 1]}


def build(layers: list[Any], **options: Any) -> Any:
    task = options.pop("task", "classification")
    return build_model(
        {"layers": layers, **options},
        input_shape=(4, 4),
        input_dtype="float32",
        outputs=3,
        task=task,
        scale="none",
        seed=5,
    )


def kernel_kinds(model: Any) -> dict[str, str]:
    found = {}
    for layer in model.layers:
        if hasattr(layer, "kernel_initializer"):
            found[layer.name] = type(layer.kernel_initializer).__name__
    return found


def test_names_of_the_plan() -> None:
    repeat = {"repeat": 20, "layers": [{"type": "dense", "units": 100}, "activation"]}
    model = build(["flatten", repeat, HEAD], activation="selu")
    hidden = [name for i in range(1, 21) for name in (f"dense_{i}", f"dense_{i}_act")]
    assert [layer.name for layer in model.layers[2:]] == ["flatten_1", *hidden, "head", "head_act"]
    # 16 * 100 + 100, 19 * (100 * 100 + 100), 100 * 3 + 3
    assert model.count_params() == 1_700 + 19 * 10_100 + 303


def test_given_names_are_kept_and_numbered_in_repeats() -> None:
    inner = {"repeat": 2, "layers": [{"type": "dense", "units": 1, "name": "b"}]}
    chain = nodes([{"repeat": 2, "layers": [{"type": "dense", "units": 1, "name": "a"}, inner]}, HEAD])
    assert [node.name for node in chain] == ["a_1", "b_1_1", "b_1_2", "a_2", "b_2_1", "b_2_2", "head", "head_act"]


def test_an_activation_is_called_after_the_kernel_that_feeds_it() -> None:
    chain = nodes(
        [
            "activation",
            {"type": "dense", "units": 1},
            "batch_normalization",
            "activation",
            "activation",
            "flatten",
            "activation",
        ]
    )
    names = [node.name for node in chain if isinstance(node, Act)]
    assert names == ["activation_act", "dense_1_act", "dense_1_act_2", "flatten_1_act"]


def test_initializers_go_where_the_activation_is_fed() -> None:
    layers = [
        IMAGE,
        {"type": "conv2d", "filters": 2, "kernel_size": 3},
        "batch_normalization",
        "max_pooling2d",
        "activation",
        "flatten",
        {"type": "dense", "units": 4},  # feeds another kernel: no activation
        {"type": "dense", "units": 4, "activation": "selu"},
        {"type": "dense", "units": 4, "initializer": "orthogonal"},
        "activation",
        HEAD,
    ]
    kinds = kernel_kinds(build(layers, activation="relu"))
    assert kinds == {
        "conv2d_1": "HeNormal",
        "dense_1": "GlorotUniform",
        "dense_2": "LecunNormal",
        "dense_3": "Orthogonal",
        "head": "GlorotUniform",
    }
    kinds = kernel_kinds(build(layers, activation="relu", initializer="he_uniform"))
    assert kinds == {
        "conv2d_1": "HeUniform",
        "dense_1": "GlorotUniform",
        "dense_2": "LecunNormal",
        "dense_3": "Orthogonal",
        "head": "GlorotUniform",
    }


def test_a_recurrent_layer_keeps_its_activation() -> None:
    model = build([{"type": "lstm", "units": 2, "activation": "relu"}, HEAD])
    assert [layer.name for layer in model.layers[2:]] == ["lstm_1", "head", "head_act"]
    assert model.get_layer("lstm_1").activation.__name__ == "relu"


def test_own_activation_with_arguments() -> None:
    layer = {"type": "dense", "units": 2, "activation": {"type": "leaky_relu", "negative_slope": 0.5}}
    model = build(["flatten", layer, HEAD])
    assert model.get_layer("dense_1_act").negative_slope == 0.5


def test_regression_may_end_in_anything() -> None:
    model = build(["flatten", {"type": "dense", "units": 3, "activation": "softplus"}], task="regression")
    assert (np.asarray(model(np.ones((2, 4, 4), "float32"))) > 0).all()


@pytest.mark.parametrize(
    ("layers", "words"),
    [
        ([], r"`layers` must end in probabilities: .*Received: no layers at the end\."),
        (
            ["flatten", {"type": "dense", "units": 3}],
            r"`layers` must end in probabilities: give the last layer `activation: softmax`\. Received: dense_1",
        ),
        (["flatten", {"type": "dense", "units": 3}, "activation"], r"Received: dense_1_act at the end\."),
        ([HEAD], r"The model must end in 3 outputs, shape \(batch, 3\)\. Received: shape \('batch', 4, 3\)\."),
        (
            ["flatten", {"repeat": 0, "layers": [HEAD]}, HEAD],
            r"layers\[1\]: a repeat must be `repeat: N` with N >= 1 and `layers: \[\.\.\.\]`\.",
        ),
        (["flatten", {"repeat": 2, "layer": [HEAD]}, HEAD], r"layers\[1\]: a repeat must be `repeat: N`"),
        (["flatten", {"units": 3}, HEAD], r"layers\[1\]: a layer must have a `type`\. Received: \{'units': 3\}\."),
        (["flatten", {**HEAD, "name": "scale"}], r"layers\[1\] \(dense\): the name `scale` is taken\."),
        (["flatten", HEAD, HEAD], r"layers\[2\] \(dense\): the name `head` is taken\. Choose another `name`\."),
        (
            ["flatten", {"type": "conv2d", "filters": 1, "kernel_size": 3}, HEAD],
            r"layers\[1\] \(conv2d\): .*incompatible with the layer: expected min_ndim=4, found ndim=2",
        ),
        (
            [IMAGE, {"repeat": 3, "layers": [{"type": "max_pooling2d", "pool_size": 2}]}, "flatten", HEAD],
            r"layers\[1\]\.layers\[0\] \(max_pooling2d\): Computed output size would be zero or negative",
        ),
        (
            [{"type": "reshape", "target_shape": [5, 5]}, HEAD],
            r"^layers\[0\] \(reshape\): The total size of the tensor must be unchanged\. "
            r"Received: input_shape=\(4, 4\), target_shape=\(5, 5\)$",
        ),
        (
            [IMAGE, {"type": "cropping2d", "cropping": 2}, "flatten", HEAD],
            r"layers\[1\] \(cropping2d\): ",
        ),
        (
            ["flatten", {"type": "dense", "units": 2, "activation": "rellu"}, HEAD],
            r"layers\[1\] \(dense\): `activation` must be one of .*Did you mean `relu`\?",
        ),
    ],
)
def test_wrong_layers(layers: list[Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        build(layers)
