import random
from typing import Any

import keras
import numpy as np
import pytest
from keras.src.utils.naming import to_snake_case

from piste.models.layers import LAYERS, layer_class
from piste.models.make_layer import make_layer
from piste.models.seeds import layer_seed

LINE, IMAGE, VOLUME = (8, 4), (8, 8, 4), (8, 8, 8, 4)
ONE, KERNEL = {"units": 3}, {"filters": 4, "kernel_size": 3}
SHAPES_AND_ARGUMENTS: dict[str, tuple[tuple[int, ...], dict[str, Any]]] = {
    "dense": ((4,), ONE),
    "conv1d": (LINE, KERNEL),
    "conv2d": (IMAGE, KERNEL),
    "conv3d": (VOLUME, KERNEL),
    "conv1d_transpose": (LINE, KERNEL),
    "conv2d_transpose": (IMAGE, KERNEL),
    "depthwise_conv1d": (LINE, {"kernel_size": 3}),
    "depthwise_conv2d": (IMAGE, {"kernel_size": [3, 3]}),
    "separable_conv1d": (LINE, KERNEL),
    "separable_conv2d": (IMAGE, KERNEL),
    "embedding": ((8,), {"input_dim": 5, "output_dim": 2}),
    "simple_rnn": (LINE, ONE),
    "lstm": (LINE, ONE),
    "gru": (LINE, ONE),
    "average_pooling1d": (LINE, {"pool_size": 2}),
    "average_pooling2d": (IMAGE, {"pool_size": 2}),
    "average_pooling3d": (VOLUME, {"pool_size": 2}),
    "dropout": ((4,), {"rate": 0.5}),
    "alpha_dropout": ((4,), {"rate": 0.5}),
    "gaussian_dropout": ((4,), {"rate": 0.5}),
    "gaussian_noise": ((4,), {"stddev": 0.5}),
    "spatial_dropout1d": (LINE, {"rate": 0.5}),
    "spatial_dropout2d": (IMAGE, {"rate": 0.5}),
    "group_normalization": (IMAGE, {"groups": 2}),
    "reshape": (IMAGE, {"target_shape": [64, 4]}),
    "permute": (LINE, {"dims": [2, 1]}),
    "repeat_vector": ((4,), {"n": 2}),
    "rescaling": ((4,), {"scale": 2.0}),
    "resizing": (IMAGE, {"height": 4, "width": 4}),
    "center_crop": (IMAGE, {"height": 4, "width": 4}),
    "random_rotation": (IMAGE, {"factor": 0.1}),
    "random_translation": (IMAGE, {"height_factor": 0.1, "width_factor": 0.1}),
    "random_zoom": (IMAGE, {"height_factor": 0.1}),
    "random_contrast": (IMAGE, {"factor": 0.1}),
}


def shape_and_arguments(kind: str) -> tuple[tuple[int, ...], dict[str, Any]]:
    default = LINE if "1d" in kind else VOLUME if "3d" in kind else IMAGE if "2d" in kind else LINE
    if kind in ("random_flip", "flatten"):
        default = IMAGE
    return SHAPES_AND_ARGUMENTS.get(kind, (default, {}))


def make(kind: str, **arguments: Any) -> Any:
    return make_layer(kind, name="a", arguments=arguments, seed=1)


@pytest.mark.parametrize("kind", LAYERS)
def test_every_type_is_seeded_by_its_path_alone(kind: str) -> None:
    shape, arguments = shape_and_arguments(kind)
    built = []
    for noise in (1, 2):
        random.seed(noise)  # Keras draws the seeds that nobody gave from here
        layer = make(kind, **arguments)
        layer.build((None, *shape))
        built.append(layer)
    assert layer.compute_output_shape((None, *shape))[0] is None
    for first, second in zip(built[0].get_weights(), built[1].get_weights(), strict=True):
        np.testing.assert_array_equal(first, second)
    config = built[0].get_config()
    assert config == built[1].get_config()
    if "seed" in config:
        assert config["seed"] == layer_seed(1, "a", "noise")
    assert type(built[0]).from_config(config).get_config() == config


@pytest.mark.parametrize("kind", LAYERS)
def test_types_are_spelled_as_keras_spells_them(kind: str) -> None:
    assert to_snake_case(LAYERS[kind]) == kind
    assert layer_class(kind) is getattr(keras.layers, LAYERS[kind])


def test_roles_get_seeds_of_their_own() -> None:
    config = make("lstm", units=2).get_config()
    for role in ("kernel", "recurrent"):
        assert config[f"{role}_initializer"]["config"]["seed"] == layer_seed(1, "a", role)


def test_kernel_arguments_win_over_the_models_initializer() -> None:
    layer = make_layer(
        "separable_conv2d",
        name="a",
        arguments={"filters": 1, "kernel_size": 1, "pointwise_initializer": {"type": "constant", "value": 2.0}},
        seed=1,
        initializer="he_normal",
    )
    assert type(layer.depthwise_initializer).__name__ == "HeNormal"
    assert layer.pointwise_initializer.value == 2.0


def test_an_initializer_of_an_embedding_and_of_what_has_none() -> None:
    arguments = {"input_dim": 5, "output_dim": 2}
    layer = make_layer("embedding", name="a", arguments=arguments, seed=1, initializer="he_normal")
    assert type(layer.embeddings_initializer).__name__ == "HeNormal"
    with pytest.raises(ValueError, match=r"`flatten` has no kernel and so takes no `initializer`\."):
        make_layer("flatten", name="a", arguments={}, seed=1, initializer="he_normal")


def test_regularizers_constraints_and_inner_activations() -> None:
    dense = make("dense", units=1, kernel_regularizer={"type": "l1_l2", "l1": 0.5}, kernel_constraint="non_neg")
    assert dense.kernel_regularizer.l1 == 0.5
    assert type(dense.kernel_constraint).__name__ == "NonNeg"
    lstm = make("lstm", units=1, activation="softsign", recurrent_activation="hard_sigmoid")
    assert lstm.get_config()["activation"] == "softsign"
    assert lstm.get_config()["recurrent_activation"] == "hard_sigmoid"


def test_a_seed_that_is_given_wins_and_null_means_absent() -> None:
    assert make("dropout", rate=0.5, seed=9).get_config()["seed"] == 9
    assert make("dropout", rate=0.5, seed=None).get_config()["seed"] == layer_seed(1, "a", "noise")


@pytest.mark.parametrize(
    ("kind", "arguments", "words"),
    [
        ("lambda", {}, r"A layer's `type` must be in `piste list layers`\. Received: `lambda`\."),
        ("os.system", {}, r"A layer's `type` must be in `piste list layers`\. Received: `os\.system`\."),
        ("densse", {}, r"Received: `densse`\. Did you mean `dense`\?"),
        ("dense", {"unit": 3}, r"`dense` has no argument `unit`\. Did you mean `units`\?"),
        ("lstm", {"units": 1, "activation": {"type": "elu"}}, r"`activation` of `lstm` must be a name without"),
        ("gru", {"units": 1, "activation": "prelu"}, r"`activation` of `gru` must be a name without arguments"),
        ("conv2d", {}, r"`conv2d` must have `filters` and `kernel_size`\."),
        ("dense", {"units": {"a": 1}}, r"`units` must be a number, a word or a list of them\. Received: a map\."),
        ("reshape", {"target_shape": [{}]}, r"`target_shape` must be a number, a word or a list of them\."),
        (
            "dense",
            {"units": 1, "kernel_regularizer": {"class_name": "L2", "config": {}}},
            r"`kernel_regularizer` must be one of l1, l2, l1_l2, orthogonal_regularizer\. Received: \{'class_name'",
        ),
        ("dense", {"units": 1, "bias_constraint": "max"}, r"`bias_constraint` must be one of max_norm, "),
        (
            "lstm",
            {"units": 1, "recurrent_activation": "relux"},
            r"`activation` must be one of .*Received: `relux`\. Did you mean `relu`\?",
        ),
    ],
)
def test_wrong_layers(kind: str, arguments: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        make(kind, **arguments)
