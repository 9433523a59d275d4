"""Every figure of a record equals what a gradient tape of one's own and NumPy say."""

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

from tests.callbacks.reference import Forward, check, one_step

RANDOM = np.random.default_rng(2)
X = RANDOM.normal(size=(24, 5)).astype("float32")
Y = RANDOM.integers(0, 3, 24).astype("int32")
TARGETS = RANDOM.normal(size=(24, 1)).astype("float32")
IMAGES = RANDOM.normal(size=(24, 6, 6, 3)).astype("float32")
SPARSE = keras.losses.SparseCategoricalCrossentropy(from_logits=True)


def affine(layer: Any, x: Any) -> Any:
    return tf.matmul(x, layer.kernel) + layer.bias


def mlp(head: Any, optimizer: Any = None, loss: Any = "sparse_categorical_crossentropy") -> Any:
    keras.utils.set_random_seed(4)
    model = keras.Sequential(
        [
            keras.Input((5,)),
            layers.Dense(6, name="first", bias_initializer="random_normal"),
            layers.Activation("tanh", name="first_act"),
            layers.Dense(7, "elu", name="second"),
            head,
        ]
    )
    model.compile(optimizer or keras.optimizers.SGD(0.1), loss)
    return model


def mlp_forward(model: Any, loss: Callable[[Any], Any]) -> Forward:
    def forward() -> tuple[Any, dict[str, Any], dict[str, Any]]:
        first, second, head = (model.get_layer(name) for name in ("first", "second", "head"))
        z1 = affine(first, X)
        h1 = tf.tanh(z1)
        z2 = affine(second, h1)
        h2 = tf.where(z2 > 0, z2, tf.exp(tf.minimum(z2, 0.0)) - 1.0)
        z3 = affine(head, h2)
        return loss(z3), {"first": z1, "second": z2, "head": z3}, {"first_act": h1, "second": h2}

    return forward


@pytest.mark.parametrize("mode", ["plain", "graph", "fused"])
def test_an_mlp_with_a_softmax_head(mode: str) -> None:
    model = mlp(layers.Dense(3, "softmax", name="head"))
    forward = mlp_forward(model, lambda z: SPARSE(Y, z))
    _, deltas, outputs = forward()
    steep = 1 - np.asarray(outputs["first_act"]) ** 2
    record = check(model, forward, X, Y, mode)
    assert record["layers"]["first_act"]["saturated"] == pytest.approx(np.mean(steep < 0.05))
    slope = np.minimum(1.0, np.exp(np.asarray(deltas["second"])))
    assert record["layers"]["second"]["saturated"] == pytest.approx(np.mean(slope < 0.05))
    assert {path: part["activation"] for path, part in record["layers"].items() if "activation" in part} == {
        "first_act": "tanh",
        "second": "elu",
    }
    assert (record["schema"], record["step"], record["epoch"], record["nonfinite"]) == (1, 1, 1, None)


def test_saturation_is_the_share_below_five_percent_of_the_steepest_slope() -> None:
    model = keras.Sequential([keras.Input((4,)), layers.Activation("sigmoid", name="act"), layers.Dense(1)])
    model.compile("sgd", "mse")
    # The sigmoid's slope is below 0.05 / 4 where |z| > 4.357.
    x = np.array([[0.0, 4.3, 4.4, -4.3], [-4.4, -20.0, 20.0, 1.0]], "float32")
    record = one_step(model, x, np.zeros((2, 1), "float32"))
    assert record["layers"]["act"]["saturated"] == 0.5


def test_a_regression_head() -> None:
    model = mlp(layers.Dense(1, name="head"), loss="mse")
    forward = mlp_forward(model, lambda z: tf.reduce_mean(tf.square(z - TARGETS)))
    check(model, forward, X, TARGETS)


def test_convolution_batch_normalisation_and_relu() -> None:
    keras.utils.set_random_seed(4)
    model = keras.Sequential(
        [
            keras.Input((6, 6, 3)),
            layers.Conv2D(4, 3, name="conv"),
            layers.BatchNormalization(name="norm", gamma_initializer="random_uniform"),
            layers.ReLU(name="relu"),
            layers.GlobalAveragePooling2D(),
            layers.Dense(3, "softmax", name="head"),
        ]
    )
    model.compile(keras.optimizers.SGD(0.1), "sparse_categorical_crossentropy")

    def forward() -> tuple[Any, dict[str, Any], dict[str, Any]]:
        conv, norm, head = (model.get_layer(name) for name in ("conv", "norm", "head"))
        raw = tf.nn.conv2d(IMAGES, conv.kernel, 1, "VALID") + conv.bias
        mean, variance = tf.nn.moments(raw, [0, 1, 2])
        z = (raw - mean) / tf.sqrt(variance + norm.epsilon) * norm.gamma + norm.beta
        h = tf.nn.relu(z)
        logits = affine(head, tf.reduce_mean(h, [1, 2]))
        return SPARSE(Y, logits), {"relu": z, "head": logits}, {"relu": h}

    flat = np.mean(np.asarray(forward()[2]["relu"]) == 0)
    # The bias before a batch normalisation has a gradient of rounding noise alone: not comparable.
    conv = model.get_layer("conv")
    bias, model.get_layer("conv").bias.trainable = conv.bias, False
    record = check(model, forward, IMAGES, Y)
    assert bias is conv.bias
    assert record["layers"]["relu"]["saturated"] == pytest.approx(flat)


def test_each_call_of_a_shared_layer_has_figures_of_its_own() -> None:
    keras.utils.set_random_seed(4)
    x = keras.Input((5,))
    shared = layers.Dense(5, "tanh", name="shared")
    model = keras.Model(x, layers.Dense(3, "softmax", name="head")(shared(shared(x))))
    model.compile(keras.optimizers.SGD(0.1), "sparse_categorical_crossentropy")

    def forward() -> tuple[Any, dict[str, Any], dict[str, Any]]:
        z1 = affine(shared, X)
        h1 = tf.tanh(z1)
        z2 = affine(shared, h1)
        h2 = tf.tanh(z2)
        logits = affine(model.get_layer("head"), h2)
        return SPARSE(Y, logits), {"shared": z1, "shared#2": z2, "head": logits}, {"shared": h1, "shared#2": h2}

    check(model, forward, X, Y)


def test_a_frozen_layer_has_no_gradient_figures() -> None:
    model = mlp(layers.Dense(3, "softmax", name="head"))
    model.get_layer("first").trainable = False
    model.compile(keras.optimizers.SGD(0.1), "sparse_categorical_crossentropy")
    record = one_step(model, X, Y)
    frozen = record["layers"].get("first", {})
    assert not {"kernel_rms", "bias_rms", "update_ratio"} & set(frozen)
    assert {"kernel_rms", "bias_rms", "update_ratio", "delta_rms"} <= set(record["layers"]["second"])
    assert {"act_rms", "act_mean", "saturated"} <= set(record["layers"]["first_act"])


def test_what_all_units_have_in_common() -> None:
    model = mlp(layers.Dense(3, "softmax", name="head"))
    model.get_layer("first").kernel.assign(np.tile(np.arange(1.0, 6.0)[:, np.newaxis], (1, 6)))
    kernel = np.array(model.get_layer("head").kernel, "float64")
    record = one_step(model, X, Y)
    assert record["layers"]["first"]["alike"] == pytest.approx(1.0, abs=1e-6)
    share = 3 * np.sum(kernel.mean(axis=1) ** 2) / np.sum(kernel**2)
    assert record["layers"]["head"]["alike"] == pytest.approx(share, rel=1e-5)


def test_nodes_of_keras_ops() -> None:
    keras.utils.set_random_seed(4)
    x = keras.Input((5,))
    z = layers.Dense(4, name="first")(x)
    model = keras.Model(x, layers.Dense(3, "softmax", name="head")(keras.ops.relu(z)))
    model.compile(keras.optimizers.SGD(0.1), "sparse_categorical_crossentropy")
    node = next(operation.name for operation in model.operations if not isinstance(operation, layers.Layer))

    def forward() -> tuple[Any, dict[str, Any], dict[str, Any]]:
        z = affine(model.get_layer("first"), X)
        h = tf.nn.relu(z)
        logits = affine(model.get_layer("head"), h)
        return SPARSE(Y, logits), {"first": z, "head": logits}, {node: h}

    check(model, forward, X, Y)


def test_biases_that_do_nothing_are_marked() -> None:
    x = keras.Input((6, 4))
    attended = layers.MultiHeadAttention(2, 4, name="attention")(x, x)
    elu = layers.Activation("elu")(attended)
    h = layers.BatchNormalization(name="norm")(layers.Dense(4, name="before")(elu))
    model = keras.Model(x, layers.Dense(1, name="head")(layers.Flatten()(h)))
    model.compile("sgd", "mse")
    record = one_step(model, RANDOM.normal(size=(24, 6, 4)).astype("float32"), TARGETS)
    idle = {path for path, part in record["layers"].items() if part.get("bias_idle")}
    assert idle == {"attention/key", "before"}
    sizes = {path: part["bias_rms"] for path, part in record["layers"].items() if "bias_rms" in part}
    assert max(sizes[path] for path in idle) < 1e-6 < min(size for path, size in sizes.items() if path not in idle)
    assert "kernel_rms" not in record["layers"]["norm"]
