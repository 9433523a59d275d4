"""Records of attention, recurrent, embedding, separable, residual, and nested models equal those of a tape."""

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

from tests.callbacks.reference import Forward, check, compare, one_step, tape_figures, through

RANDOM = np.random.default_rng(3)
X = RANDOM.normal(size=(24, 5)).astype("float32")
SEQUENCES = RANDOM.normal(size=(24, 6, 8)).astype("float32")
WORDS = RANDOM.integers(0, 7, (24, 5)).astype("int32")
IMAGES = RANDOM.normal(size=(24, 6, 6, 3)).astype("float32")
CLASSES = RANDOM.integers(0, 3, 24).astype("int32")
SPARSE = keras.losses.SparseCategoricalCrossentropy(from_logits=True)


def crossentropy(logits: Any) -> Any:
    return tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(CLASSES, logits))


def compiled(inputs: Any, outputs: Any, **arguments: Any) -> Any:
    """A model whose biases, betas and gammas are no longer all the same."""
    model = keras.Model(inputs, outputs)
    random = np.random.default_rng(4)
    for variable in model.trainable_variables:
        if variable.name in ("bias", "beta", "gamma"):
            variable.assign(variable + random.normal(size=variable.shape, scale=0.1))
    model.compile(**{"optimizer": keras.optimizers.SGD(0.1), "loss": SPARSE, **arguments})
    return model


def transformer(**arguments: Any) -> Any:
    keras.utils.set_random_seed(4)
    x = keras.Input((6, 8))
    attended = layers.MultiHeadAttention(2, 4, name="attention")(x, x)
    h = layers.LayerNormalization(name="norm")(layers.Add()([x, attended]))
    wide = layers.Activation("gelu", name="gelu")(layers.Dense(16, name="wide")(h))
    h = layers.LayerNormalization(name="norm_2")(layers.Add()([h, layers.Dense(8, name="narrow")(wide)]))
    return compiled(x, layers.Dense(3, name="head")(layers.GlobalAveragePooling1D()(h)), **arguments)


@pytest.mark.parametrize("jit_compile", [False, True])
def test_a_transformer_block(jit_compile: bool) -> None:
    model = transformer(jit_compile=jit_compile)
    attention = model.get_layer("attention")
    projections = (attention.query_dense, attention.key_dense, attention.value_dense, attention.output_dense)
    parts = {f"attention/{layer.name}": layer for layer in projections}
    assert set(parts) == {"attention/query", "attention/key", "attention/value", "attention/attention_output"}
    others = {name: model.get_layer(name) for name in ("norm", "wide", "narrow", "norm_2", "head")}
    deltas = {name: name for name in ("wide", "narrow", "head")}
    forward = through(model, SEQUENCES, crossentropy, deltas, ["gelu"])
    check(model, forward, SEQUENCES, CLASSES, layers=parts | others, idle=["attention/key"])


@pytest.mark.parametrize("kind", [layers.LSTM, layers.GRU, layers.SimpleRNN])
def test_a_recurrent_layer(kind: Callable[..., Any]) -> None:
    keras.utils.set_random_seed(4)
    x = keras.Input((6, 8))
    model = compiled(x, layers.Dense(3, name="head")(kind(5, name="recurrent")(x)))
    cell = model.get_layer("recurrent").cell
    forward = through(model, SEQUENCES, crossentropy, {"head": "head"})
    where = {f"recurrent/{cell.name}": cell, "head": model.get_layer("head")}
    record = check(model, forward, SEQUENCES, CLASSES, layers=where)
    assert "bias_rms" in record["layers"][f"recurrent/{cell.name}"]


@pytest.mark.parametrize("mode", ["plain", "plain jit", "graph", "fused"])
def test_an_embedding_whose_rows_are_used_several_times(mode: str) -> None:
    keras.utils.set_random_seed(4)
    x = keras.Input((5,), dtype="int32")
    # Rows 7 to 9 are never looked up, and their gradient of 0 counts as well.
    h = layers.Flatten()(layers.Embedding(10, 4, name="words")(x))
    h = layers.Activation("relu", name="relu")(layers.Dense(6, name="hidden")(h))
    model = compiled(x, layers.Dense(3, name="head")(h), jit_compile=mode == "plain jit")
    forward = through(model, WORDS, crossentropy, {"hidden": "hidden", "head": "head"}, ["relu"])
    check(model, forward, WORDS, CLASSES, mode.removesuffix(" jit"))


def test_an_embedding_with_accumulation() -> None:
    keras.utils.set_random_seed(4)
    x = keras.Input((5,), dtype="int32")
    h = layers.GlobalAveragePooling1D()(layers.Embedding(10, 4, name="words")(x))
    optimizer = keras.optimizers.SGD(0.1, gradient_accumulation_steps=2)
    model = compiled(x, layers.Dense(3, name="head")(h), optimizer=optimizer)
    check(model, through(model, WORDS, crossentropy, {"head": "head"}), WORDS, CLASSES, epochs=2)


def test_depthwise_and_separable_convolutions() -> None:
    keras.utils.set_random_seed(4)
    x = keras.Input((6, 6, 3))
    h = layers.ReLU(name="relu")(layers.DepthwiseConv2D(3, depth_multiplier=2, name="depthwise")(x))
    h = layers.Activation("elu", name="elu")(layers.SeparableConv2D(4, 3, name="separable")(h))
    model = compiled(x, layers.Dense(3, name="head")(layers.GlobalAveragePooling2D()(h)))
    deltas = {name: name for name in ("depthwise", "separable", "head")}
    check(model, through(model, IMAGES, crossentropy, deltas, ["relu", "elu"]), IMAGES, CLASSES)


@pytest.mark.parametrize("jit_compile", [False, True])
def test_a_residual_block_with_batch_normalisation(jit_compile: bool) -> None:
    keras.utils.set_random_seed(4)
    x = keras.Input((6, 6, 3))
    h = layers.Conv2D(4, 3, padding="same", use_bias=False, name="stem")(x)
    inner = layers.Conv2D(4, 3, padding="same", use_bias=False, name="first")(h)
    inner = layers.ReLU(name="relu")(layers.BatchNormalization(name="norm")(inner))
    inner = layers.Conv2D(4, 3, padding="same", use_bias=False, name="second")(inner)
    added = layers.Add(name="add")([h, layers.BatchNormalization(name="norm_2")(inner)])
    h = layers.GlobalAveragePooling2D()(layers.ReLU(name="relu_2")(added))
    model = compiled(x, layers.Dense(3, name="head")(h), jit_compile=jit_compile)
    deltas = {"relu": "norm", "relu_2": "add", "head": "head"}
    check(model, through(model, IMAGES, crossentropy, deltas, ["relu", "relu_2"]), IMAGES, CLASSES)


class Stack(keras.Model):
    """Two dense layers behind a `call` of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.hidden = layers.Dense(6, name="hidden")
        self.act = layers.Activation("softplus", name="act")
        self.head = layers.Dense(3, name="head")

    def call(self, x: Any) -> Any:
        return self.head(self.act(self.hidden(x)))


def nested() -> Any:
    x = keras.Input((5,))
    inner = keras.Model(x, layers.Activation("softplus", name="act")(layers.Dense(6, name="hidden")(x)), name="inner")
    x = keras.Input((5,))
    return keras.Model(x, layers.Dense(3, name="head")(inner(x)))


@pytest.mark.parametrize(("make", "prefix"), [(Stack, ""), (nested, "inner/")])
def test_layers_that_are_not_the_models_own(make: Callable[[], Any], prefix: str) -> None:
    keras.utils.set_random_seed(4)
    model = make()
    model.compile(keras.optimizers.SGD(0.1), SPARSE)
    model(X)
    hidden = model.hidden if isinstance(model, Stack) else model.get_layer("inner").get_layer("hidden")
    head = model.get_layer("head")

    def forward() -> tuple[Any, dict[str, Any], dict[str, Any]]:
        z = tf.matmul(X, hidden.kernel) + hidden.bias
        h = tf.math.log1p(tf.exp(z))
        logits = tf.matmul(h, head.kernel) + head.bias
        return crossentropy(logits), {f"{prefix}hidden": z, "head": logits}, {f"{prefix}act": h}

    check(model, forward, X, CLASSES, layers={f"{prefix}hidden": hidden, "head": head})


def test_a_figure_that_is_off_by_a_thousandth_is_noticed() -> None:
    model = transformer()
    deltas = {name: name for name in ("wide", "narrow", "head")}
    forward: Forward = through(model, SEQUENCES, crossentropy, deltas, ["gelu"])
    where = {name: model.get_layer(name) for name in ("norm", "wide", "narrow", "norm_2", "head")}
    expected = tape_figures(model, forward, where)
    record = one_step(model, SEQUENCES, CLASSES)
    kept = {path: dict(part) for path, part in record["layers"].items() if "attention" not in path}
    for part in kept.values():
        part.pop("update_ratio", None)
    record = record | {"layers": kept}
    compare(record, expected)
    for key, number in expected.items():
        with pytest.raises(AssertionError, match=" ".join(key).strip()):
            compare(record, expected | {key: number * 1.001})
