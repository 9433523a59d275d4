"""What stands around hidden layers: the book's nets are had to the parameter."""

from typing import Any

import keras
import numpy as np
import pytest

from piste.models.build import build_model

FASHION: dict[str, Any] = {
    "input_shape": (28, 28),
    "input_dtype": "uint8",
    "outputs": 10,
    "task": "classification",
    "scale": "unit",
    "seed": 42,
}
TINY: dict[str, Any] = {**FASHION, "input_shape": (4, 4), "outputs": 3}


def build(spec: dict[str, Any], **options: Any) -> Any:
    return build_model({"type": "mlp", "hidden": [5, 4], **spec}, **(TINY | options))


def names(model: Any) -> list[str]:
    return [layer.name for layer in model.layers][2:]


def not_trained(model: Any) -> int:
    return sum(int(np.prod(weight.shape)) for weight in model.non_trainable_weights)


def test_batch_norm_after_activations_and_on_the_inputs_has_the_books_parameters() -> None:
    spec = {"type": "mlp", "hidden": [300, 100], "batch_norm": {"position": "after", "input": True}}
    model = build_model(spec, **FASHION)
    # Hands-On ML, second edition, chapter 11: 271,346 parameters, of which 2,368 are not trained.
    assert (model.count_params(), not_trained(model)) == (271_346, 2_368)


def test_batch_norm_before_activations_replaces_the_bias() -> None:
    spec = {"type": "mlp", "hidden": [300, 100], "batch_norm": {"position": "before", "input": True}}
    model = build_model(spec, **FASHION)
    assert model.count_params() == 271_346 - 300 - 100
    assert not model.get_layer("dense_1").use_bias
    assert model.get_layer("head").use_bias


@pytest.mark.parametrize(
    ("batch_norm", "expected"),
    [
        ({}, "flatten dense_1 dense_1_norm dense_1_act head head_act"),
        ({"position": "after"}, "flatten dense_1 dense_1_act dense_1_norm head head_act"),
        (
            {"input": True, "output": True},
            "flatten input_norm dense_1 dense_1_norm dense_1_act head head_norm head_act",
        ),
        (
            {"position": "after", "output": True},
            "flatten dense_1 dense_1_act dense_1_norm head head_norm head_act",
        ),
    ],
)
def test_where_batch_norm_stands(batch_norm: dict[str, Any], expected: str) -> None:
    assert names(build({"hidden": [5], "batch_norm": batch_norm})) == expected.split()


def test_momentum_and_epsilon_reach_every_batch_norm() -> None:
    model = build({"batch_norm": {"input": True, "output": True, "momentum": 0.9, "epsilon": 0.01}})
    norms = [layer for layer in model.layers if isinstance(layer, keras.layers.BatchNormalization)]
    assert [(norm.momentum, norm.epsilon) for norm in norms] == [(0.9, 0.01)] * 4


def test_the_matched_initializer_looks_through_batch_norm() -> None:
    for position in ("before", "after"):
        model = build({"activation": "selu", "batch_norm": {"position": position}})
        assert type(model.get_layer("dense_1").kernel_initializer).__name__ == "LecunNormal"


def test_convolutions_are_normalised_too() -> None:
    model = build_model({"type": "cnn", "filters": [2], "dense": [3], "batch_norm": {"input": True}}, **TINY)
    expected = "channels input_norm conv_1 conv_1_norm conv_1_act pool_1 flatten dense_1 dense_1_norm dense_1_act"
    assert names(model) == [*expected.split(), "head", "head_act"]


@pytest.mark.parametrize(
    ("dropout", "expected"),
    [
        (0.25, {"dense_1": 0.25, "dense_2": 0.25, "head": 0.25}),
        ({"rate": 0.5, "last": 2}, {"dense_2": 0.5, "head": 0.5}),
        ({"rate": 0.5, "last": 9}, {"dense_1": 0.5, "dense_2": 0.5, "head": 0.5}),
        ({"rate": 0.0}, {}),
    ],
)
def test_where_dropout_stands(dropout: Any, expected: dict[str, float]) -> None:
    model = build({"dropout": dropout})
    drops = {layer.name: layer.rate for layer in model.layers if isinstance(layer, keras.layers.Dropout)}
    assert drops == {f"{name}_dropout": rate for name, rate in expected.items()}
    order = names(model)
    assert all(order[order.index(f"{name}_dropout") + 1] == name for name in expected)


def test_other_kinds_of_dropout() -> None:
    model = build({"dropout": {"type": "alpha_dropout", "rate": 0.1, "last": 1}})
    assert type(model.get_layer("head_dropout")).__name__ == "AlphaDropout"
    model = build({"dropout": {"type": "gaussian_dropout", "rate": 0.1}})
    assert type(model.get_layer("dense_1_dropout")).__name__ == "GaussianDropout"


def test_regularizer_and_constraint_go_to_every_kernel_and_to_no_bias() -> None:
    spec = {
        "kernel_regularizer": {"type": "l2", "l2": 0.25},
        "kernel_constraint": {"type": "max_norm", "max_value": 1.0},
    }
    model = build(spec)
    for name in ("dense_1", "dense_2", "head"):
        layer = model.get_layer(name)
        assert layer.kernel_regularizer.l2 == 0.25
        assert (layer.kernel_constraint.max_value, layer.kernel_constraint.axis) == (1.0, 0)
        assert layer.bias_regularizer is None and layer.bias_constraint is None
    squares = sum(float(np.sum(np.square(model.get_layer(name).kernel))) for name in ("dense_1", "dense_2", "head"))
    assert float(sum(model.losses)) == pytest.approx(0.25 * squares, rel=1e-6)


def test_a_layers_own_regularizer_stays() -> None:
    layers = [
        "flatten",
        {"type": "dense", "units": 4, "kernel_regularizer": "l1"},
        {"type": "dense", "units": 3, "activation": "softmax"},
    ]
    model = build_model({"layers": layers, "kernel_regularizer": "l2"}, **TINY)
    kinds = [type(model.get_layer(name).kernel_regularizer).__name__ for name in ("dense_1", "dense_2")]
    assert kinds == ["L1", "L2"]


@pytest.mark.parametrize(
    ("layer", "shape", "weight", "incoming"),
    [
        ({"type": "dense", "units": 3}, (5,), "kernel", 5),
        ({"type": "conv1d", "filters": 3, "kernel_size": 2}, (6, 5), "kernel", 2 * 5),
        ({"type": "conv2d", "filters": 3, "kernel_size": 2}, (6, 6, 5), "kernel", 2 * 2 * 5),
        ({"type": "conv3d", "filters": 3, "kernel_size": 2}, (4, 4, 4, 5), "kernel", 2 * 2 * 2 * 5),
        ({"type": "conv1d_transpose", "filters": 3, "kernel_size": 2}, (6, 5), "kernel", 2 * 5),
        ({"type": "conv2d_transpose", "filters": 3, "kernel_size": 2}, (6, 6, 5), "kernel", 2 * 2 * 5),
        ({"type": "depthwise_conv2d", "kernel_size": 3, "depth_multiplier": 2}, (6, 6, 5), "depthwise", 3 * 3),
        ({"type": "separable_conv2d", "filters": 3, "kernel_size": 3}, (6, 6, 5), "pointwise", 5),
        ({"type": "separable_conv1d", "filters": 3, "kernel_size": 3}, (6, 5), "depthwise", 3),
    ],
    ids=lambda value: value["type"] if isinstance(value, dict) else None,
)
def test_max_norm_is_over_the_weights_that_come_into_a_unit(
    layer: dict[str, Any], shape: Any, weight: str, incoming: int
) -> None:
    """Ones are shrunk until the weights of each unit have norm 1 together: their value tells how many there are."""
    options = {**TINY, "input_shape": shape, "input_dtype": "float32", "scale": "none"}
    end = {"type": "dense", "units": 3, "activation": "softmax"}
    spec = {"layers": [layer, "flatten", end], "kernel_constraint": {"type": "max_norm", "max_value": 1.0}}
    made = build_model(spec, **options).layers[2]
    shapes = {variable.name: variable.shape for variable in made.trainable_variables}
    kernel = shapes.get(f"{weight}_kernel") or shapes["kernel"]
    limited = getattr(made, f"{weight}_constraint")(keras.ops.ones(kernel))
    np.testing.assert_allclose(limited, np.full(kernel, incoming**-0.5), rtol=1e-5)


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        (
            {"batch_norm": {"position": "around"}},
            "`position` of `batch_norm` must be before or after. Received: around.",
        ),
        ({"dropout": 1.0}, "`dropout` must be at least 0 and less than 1. Received: 1.0."),
        (
            {"dropout": {"type": "drop", "rate": 0.1}},
            "`type` of `dropout` must be one of dropout, alpha_dropout, g",
        ),
        ({"kernel_regularizer": "l3"}, "`kernel_regularizer` must be one of l1, l2, l1_l2"),
        ({"kernel_constraint": "max"}, "`kernel_constraint` must be one of max_norm"),
    ],
)
def test_what_is_refused(spec: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match="must be") as caught:
        build(spec)
    assert words in str(caught.value)
