"""How models end, with numbers of weights worked out by hand."""

from typing import Any

import numpy as np
import pytest

from piste.models.build import build_model
from piste.models.heads import last_layer, one_sigmoid

END = {"type": "dense", "units": 1, "activation": "sigmoid"}


def built(
    spec: dict[str, Any], outputs: int = 2, task: Any = "classification", shape: tuple[int, ...] = (28, 28)
) -> Any:
    return build_model(spec, input_shape=shape, input_dtype="uint8", outputs=outputs, task=task, scale="unit", seed=42)


@pytest.mark.parametrize(
    ("head", "outputs", "task", "end"),
    [
        ("softmax", 10, "classification", (10, "softmax")),
        ("softmax", 2, "classification", (2, "softmax")),
        ("sigmoid", 2, "classification", (1, "sigmoid")),
        ("softmax", 3, "regression", (3, None)),
    ],
)
def test_units_and_activation(head: str, outputs: int, task: str, end: tuple[int, str | None]) -> None:
    assert last_layer(head, outputs, task) == end


@pytest.mark.parametrize(
    ("spec", "ends"),
    [
        ({"type": "mlp", "head": "sigmoid"}, True),
        ({"type": "mlp"}, False),
        ({"type": "somebodys", "head": "sigmoid"}, False),
        ({"layers": ["flatten", {**END, "use_bias": False, "name": "head"}]}, True),
        ({"layers": [{"repeat": 2, "layers": [END]}]}, True),
        ({"layers": [{**END, "units": 2}]}, False),
        ({"layers": [END, "flatten"]}, False),
        ({"layers": []}, False),
    ],
)
def test_which_specs_end_in_one_sigmoid_unit(spec: dict[str, Any], ends: bool) -> None:
    assert one_sigmoid(spec) == ends


HIDDEN = [300, 100, 50, 50, 50]
# 784-300, 300-100, 100-50, 50-50 and 50-50 with biases: what both nets of the book's transfer example share.
SHARED = 784 * 300 + 300 + 300 * 100 + 100 + 100 * 50 + 50 + 2 * (50 * 50 + 50)


def test_the_books_nets_for_eight_classes_and_for_shirts() -> None:
    assert SHARED == 275_750
    spec = {"type": "mlp", "hidden": HIDDEN, "activation": "selu", "initializer": "glorot_uniform"}
    assert built(spec, outputs=8).count_params() == SHARED + 50 * 8 + 8 == 276_158
    assert built({**spec, "head": "sigmoid"}).count_params() == SHARED + 50 + 1 == 275_801


def test_one_unit_gives_a_probability() -> None:
    model = built({"type": "mlp", "hidden": [4], "activation": "tanh", "head": "sigmoid"}, shape=(3,))
    assert [layer.name for layer in model.layers] == ["inputs", "scale", "dense_1", "dense_1_act", "head", "head_act"]
    x = np.array([[0, 100, 255], [9, 9, 9]], "uint8")
    hidden, head = (np.asarray(model.get_layer(name).kernel) for name in ("dense_1", "head"))
    z = np.tanh(x / 255 @ hidden) @ head
    np.testing.assert_allclose(model(x), 1 / (1 + np.exp(-z)), rtol=1e-5)


def test_batch_normalisation_of_the_logit() -> None:
    spec = {"type": "mlp", "hidden": [4], "head": "sigmoid", "batch_norm": {"output": True}}
    assert [layer.name for layer in built(spec).layers[-3:]] == ["head", "head_norm", "head_act"]
    assert built(spec).output_shape == (None, 1)


def test_layers_and_convolutions_end_so_too() -> None:
    assert built({"type": "cnn", "filters": [2], "dense": [3], "head": "sigmoid"}).output_shape == (None, 1)
    assert built({"layers": ["flatten", END]}).output_shape == (None, 1)


@pytest.mark.parametrize(
    ("spec", "arguments", "words"),
    [
        ({"type": "mlp", "head": "sigmod"}, {}, r"`head` must be softmax or sigmoid\. Received: sigmod\."),
        (
            {"type": "cnn", "head": "sigmoid"},
            {"outputs": 3},
            r"must have two classes to tell apart\. Received: 3 classes",
        ),
        ({"type": "mlp", "head": "sigmoid"}, {"task": "regression"}, r"to tell apart\. Received: regression"),
        ({"layers": ["flatten", END]}, {"outputs": 3}, r"one sigmoid unit is for two classes\. Received: 3 classes\."),
        (
            {"layers": ["flatten", {**END, "units": 2}]},
            {},
            r"`layers` must end in probabilities: give the last layer `activation: softmax`",
        ),
        (
            {"layers": ["flatten", {**END, "activation": "softmax"}]},
            {},
            r"must end in 2 outputs, shape \(batch, 2\)\. Received: shape \('batch', 1\)",
        ),
    ],
)
def test_ends_that_do_not_fit(spec: dict[str, Any], arguments: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        built(spec, **arguments)
