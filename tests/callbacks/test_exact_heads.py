"""Records equal those of a tape where a model ends in several outputs, in none that counts, or in an activation."""

from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

from piste.callbacks import HealthMonitor
from piste.pipelines.data.dataset import Arrays
from piste.pipelines.loop.fit import fit
from tests.callbacks.reference import check, one_step, through

RANDOM = np.random.default_rng(3)
X = RANDOM.normal(size=(24, 5)).astype("float32")
IMAGES = RANDOM.normal(size=(24, 6, 6, 3)).astype("float32")
CLASSES = RANDOM.integers(0, 3, 24).astype("int32")
SIZES = RANDOM.normal(size=(24, 1)).astype("float32")
YES_OR_NO = RANDOM.integers(0, 2, (24, 1)).astype("float32")
SPARSE = keras.losses.SparseCategoricalCrossentropy(from_logits=True)


def crossentropy(logits: Any) -> Any:
    return tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(CLASSES, logits))


def test_two_inputs_and_two_outputs_with_weighted_losses() -> None:
    keras.utils.set_random_seed(4)
    x, images = keras.Input((5,), name="x"), keras.Input((6, 6, 3), name="images")
    near = layers.Activation("tanh", name="tanh")(layers.Dense(6, name="near")(x))
    far = layers.Activation("silu", name="silu")(layers.Conv2D(4, 3, name="far")(images))
    h = layers.Concatenate()([near, layers.GlobalAveragePooling2D()(far)])
    model = keras.Model([x, images], [layers.Dense(3, name="kind")(h), layers.Dense(1, name="size")(h)])
    model.compile(keras.optimizers.SGD(0.1), [SPARSE, "mse"], loss_weights=[0.3, 2.0])

    def loss(logits: Any, size: Any) -> Any:
        return 0.3 * crossentropy(logits) + 2.0 * tf.reduce_mean(tf.square(size - SIZES))

    deltas = {name: name for name in ("near", "far", "kind", "size")}
    forward = through(model, [X, IMAGES], loss, deltas, ["tanh", "silu"])
    check(model, forward, [X, IMAGES], [CLASSES, SIZES])


def test_an_output_without_a_loss_has_no_gradients() -> None:
    keras.utils.set_random_seed(4)
    x = keras.Input((5,))
    h = layers.Activation("tanh", name="tanh")(layers.Dense(6, name="hidden")(x))
    model = keras.Model(x, [layers.Dense(3, name="kind")(h), layers.Dense(1, name="size")(h)])
    model.compile(keras.optimizers.SGD(0.1), [SPARSE, None])
    trained = ("hidden", "kind")
    forward = through(model, X, lambda logits, _: crossentropy(logits), {name: name for name in trained}, ["tanh"])
    with pytest.warns(UserWarning, match="Gradients do not exist for variables"):
        check(model, forward, X, [CLASSES, SIZES], layers={name: model.get_layer(name) for name in trained})


@pytest.mark.parametrize("loss", ["binary_crossentropy", "mse"])
@pytest.mark.parametrize("eager", [False, True])
def test_a_sigmoid_head(loss: str, eager: bool) -> None:
    # Keras computes this crossentropy from the logits and the squared error from the sigmoid.
    keras.utils.set_random_seed(4)
    x = keras.Input((5,))
    h = layers.Activation("tanh", name="tanh")(layers.Dense(6, name="hidden")(x))
    model = keras.Model(x, layers.Dense(1, "sigmoid", name="head")(h))
    model.compile(keras.optimizers.SGD(0.1), loss, run_eagerly=eager)

    def forward() -> tuple[Any, dict[str, Any], dict[str, Any]]:
        hidden, head = model.get_layer("hidden"), model.get_layer("head")
        z = tf.matmul(X, hidden.kernel) + hidden.bias
        h = tf.tanh(z)
        logits = tf.matmul(h, head.kernel) + head.bias
        out = tf.sigmoid(logits)
        crossentropies = tf.nn.sigmoid_cross_entropy_with_logits(YES_OR_NO, logits)
        value = tf.reduce_mean(tf.square(out - YES_OR_NO) if loss == "mse" else crossentropies)
        return value, {"hidden": z, "head": logits}, {"tanh": h, "head": out}

    check(model, forward, X, YES_OR_NO)


def test_a_softmax_may_be_a_layer_of_its_own() -> None:
    heads = ([layers.Dense(3, "softmax", name="head")], [layers.Dense(3, name="head"), layers.Softmax()])
    records = []
    for head in heads:
        model = keras.Sequential([keras.Input((5,)), *head])
        model.compile("sgd", "sparse_categorical_crossentropy")
        model.get_layer("head").set_weights([np.arange(15.0).reshape(5, 3) / 15, np.arange(3.0)])
        records.append(one_step(model, X, CLASSES)["layers"]["head"])
    assert records[0] == pytest.approx(records[1], rel=1e-5)


@pytest.mark.parametrize("mode", ["plain", "graph", "fused"])
def test_reading_a_sigmoid_head_changes_no_bit(mode: str, state_of: Any, changed_bits: Any) -> None:
    states = []
    for callbacks in ([], [HealthMonitor(every=2)]):
        keras.utils.set_random_seed(4)
        hidden = [layers.Dense(32, "elu"), layers.Dense(32, "tanh")]
        model = keras.Sequential([keras.Input((5,)), *hidden, layers.Dense(1, "sigmoid", name="head")], name="net")
        model.compile(keras.optimizers.SGD(0.1, momentum=0.9), "binary_crossentropy", metrics=["accuracy"])
        if mode == "plain":
            model.fit(X, YES_OR_NO, batch_size=8, epochs=3, shuffle=False, verbose=0, callbacks=callbacks)
        else:
            fit(model, Arrays(X, YES_OR_NO), epochs=3, batch_size=8, shuffle=False, mode=mode, callbacks=callbacks)
        states.append(state_of(model))
    assert "delta_rms" in callbacks[0].records[-1]["layers"]["head"]
    assert changed_bits(*states) == []
