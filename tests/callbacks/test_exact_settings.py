"""Records equal those of a tape under weights of samples and classes, regularisers, EMA, decay and mixed precision."""

from collections.abc import Callable, Iterator
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

from piste.callbacks.rules.depth import depth_profile, depth_score
from tests.callbacks.reference import check, one_step, through

RANDOM = np.random.default_rng(5)
X = RANDOM.normal(size=(24, 5)).astype("float32")
IMAGES = RANDOM.normal(size=(24, 6, 6, 3)).astype("float32")
Y = RANDOM.integers(0, 3, 24).astype("int32")
WEIGHTS = RANDOM.uniform(0.0, 3.0, 24).astype("float32")
SPARSE = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
LAYERS = ("first", "second", "head")


def mlp(optimizer: Any = None, regularisers: tuple[Any, Any] = (None, None), **arguments: Any) -> Any:
    keras.utils.set_random_seed(4)
    x = keras.Input((5,))
    z = layers.Dense(6, name="first", kernel_regularizer=regularisers[0])(x)
    h = layers.Activation("tanh", name="tanh", activity_regularizer=regularisers[1])(z)
    h = layers.Activation("elu", name="elu")(layers.Dense(7, name="second")(h))
    model = keras.Model(x, layers.Dense(3, name="head", dtype="float32")(h))
    model.compile(optimizer or keras.optimizers.SGD(0.1), SPARSE, **arguments)
    return model


def cnn() -> Any:
    keras.utils.set_random_seed(4)
    x = keras.Input((6, 6, 3))
    h = layers.GlobalAveragePooling2D()(layers.ReLU(name="relu")(layers.Conv2D(4, 3, name="conv")(x)))
    model = keras.Model(x, layers.Dense(3, name="head", dtype="float32")(h))
    model.compile(keras.optimizers.SGD(0.1), SPARSE)
    return model


def crossentropies(logits: Any) -> Any:
    return tf.nn.sparse_softmax_cross_entropy_with_logits(Y, logits)


def check_mlp(model: Any, weights: Any = 1.0, **arguments: Any) -> dict[str, Any]:
    def loss(logits: Any) -> Any:
        return tf.reduce_mean(weights * crossentropies(logits))

    forward = through(model, X, loss, dict(zip(LAYERS, LAYERS, strict=True)), ["tanh", "elu"])
    return check(model, forward, X, Y, **arguments)


def by_hand(model: Any) -> tuple[Any, dict[str, Any], dict[str, Any]]:
    """The forward pass in float32, whatever the model computes in."""
    first, second, head = (model.get_layer(name) for name in LAYERS)
    z1 = tf.matmul(X, first.kernel) + first.bias
    h1 = tf.tanh(z1)
    z2 = tf.matmul(h1, second.kernel) + second.bias
    h2 = tf.nn.elu(z2)
    logits = tf.matmul(h2, head.kernel) + head.bias
    loss = tf.reduce_mean(crossentropies(logits))
    return loss, {"first": z1, "second": z2, "head": logits}, {"tanh": h1, "elu": h2}


def test_weights_of_samples() -> None:
    check_mlp(mlp(), WEIGHTS, sample_weight=WEIGHTS)


def test_weights_of_classes() -> None:
    weights = {0: 0.2, 1: 1.0, 2: 5.0}
    check_mlp(mlp(), np.array([weights[y] for y in Y.tolist()], "float32"), class_weight=weights)


def test_regularisers_are_part_of_the_loss() -> None:
    model = mlp(regularisers=(keras.regularizers.L2(0.03), keras.regularizers.L1(0.02)))

    def forward() -> tuple[Any, dict[str, Any], dict[str, Any]]:
        loss, z, h = by_hand(model)
        # Keras divides what an activity costs by the number of samples.
        penalties = 0.03 * tf.reduce_sum(tf.square(model.get_layer("first").kernel))
        penalties += 0.02 * tf.reduce_sum(tf.abs(h["tanh"])) / len(X)
        return loss + penalties, z, h

    check(model, forward, X, Y)


@pytest.mark.parametrize(
    "optimizer",
    [
        lambda: keras.optimizers.SGD(0.1, use_ema=True, ema_momentum=0.5),
        lambda: keras.optimizers.SGD(0.1, use_ema=True, ema_momentum=0.5, ema_overwrite_frequency=1),
        lambda: keras.optimizers.AdamW(0.01, weight_decay=0.1),
        lambda: keras.optimizers.SGD(0.1, momentum=0.9, nesterov=True, clipnorm=0.05),
    ],
    ids=["ema", "ema that overwrites", "decay", "clipped momentum"],
)
def test_optimizers(optimizer: Callable[[], Any]) -> None:
    check_mlp(mlp(optimizer()))


@pytest.fixture(params=["mixed_float16", "mixed_bfloat16"])
def mixed(request: Any) -> Iterator[str]:
    """Builds what a test builds in mixed precision."""
    keras.config.set_dtype_policy(request.param)
    yield request.param
    keras.config.set_dtype_policy("float32")


# TensorFlow's kernels sum the gradient of a bias in half precision or in float32, as processor and mode have it (up to
# 8 % apart): what a step applied is known from the biases alone.
def test_a_mixed_precision_mlp(mixed: str) -> None:
    model = mlp()
    assert isinstance(model.optimizer, keras.optimizers.LossScaleOptimizer) == (mixed == "mixed_float16")
    record = check(model, lambda: by_hand(model), X, Y, rtol=1e-2, rate=0.1)
    assert record.get("skipped") == (0 if mixed == "mixed_float16" else None)


def test_a_mixed_precision_convolution(mixed: str) -> None:
    model = cnn()
    conv, head = model.get_layer("conv"), model.get_layer("head")

    def forward() -> tuple[Any, dict[str, Any], dict[str, Any]]:
        z = tf.nn.conv2d(IMAGES, conv.kernel, 1, "VALID") + conv.bias
        h = tf.nn.relu(z)
        logits = tf.matmul(tf.reduce_mean(h, (1, 2)), head.kernel) + head.bias
        return tf.reduce_mean(crossentropies(logits)), {"conv": z, "head": logits}, {"relu": h}

    check(model, forward, IMAGES, Y, rtol=1e-2, rate=0.1)


def plain(*optimizer: Any, **arguments: Any) -> Any:
    return mlp(*optimizer, jit_compile=False, **arguments)


def score(model: Any, y: Any = Y) -> float:
    found = depth_score(depth_profile(one_step(model, X, y)))
    assert found is not None
    return found


@pytest.mark.parametrize("factor", [1e-3, 0.5, 30.0, 1e3])
def test_a_factor_in_the_loss_changes_no_depth_score(factor: float) -> None:
    assert score(plain(loss_weights=factor)) == pytest.approx(score(plain()), abs=1e-5)


@pytest.mark.parametrize("scale", [1.0, 2.0**8, 2.0**15])
def test_a_loss_scale_changes_no_depth_score(scale: float) -> None:
    optimizer = keras.optimizers.LossScaleOptimizer(keras.optimizers.SGD(0.1), initial_scale=scale)
    assert score(plain(optimizer)) == pytest.approx(score(plain()), abs=1e-5)


def test_other_weights_and_other_data_do_change_the_depth_score() -> None:
    other = plain()
    other.get_layer("second").kernel.assign(other.get_layer("second").kernel * 0.5)
    assert abs(score(other) - score(plain())) > 0.1
    assert abs(score(plain(), Y[::-1].copy()) - score(plain())) > 1e-4
