"""What is left unless it is asked for, and what cannot be swapped, is named with the reason."""

from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

from piste.models import swap_activations
from piste.models.swapping.swap import Left

X = np.random.default_rng(0).normal(size=(8, 6)).astype("float32")


@keras.saving.register_keras_serializable(package="test_swap")
class Block(layers.Layer):
    def __init__(self, **arguments: Any) -> None:
        super().__init__(**arguments)
        self.dense, self.act = layers.Dense(6, activation="relu", name="dense"), layers.ReLU(name="act")

    def call(self, x: Any) -> Any:
        return self.act(self.dense(x))


class Plain(layers.Layer):
    def call(self, x: Any) -> Any:
        return tf.nn.relu(x)


def test_what_cannot_be_reached_is_named() -> None:
    inputs = keras.Input((6,))
    sequence = layers.Reshape((2, 3))(inputs)
    ends = [
        layers.LSTM(2, name="memory")(sequence),
        layers.MultiHeadAttention(1, 2, name="attention")(sequence, sequence),
        layers.TimeDistributed(layers.Dense(2, activation="relu", name="inner"), name="each")(sequence),
        Block(name="block")(inputs),
        Plain(name="plain")(inputs),
        layers.Softmax(name="shares")(inputs),
        layers.ReLU(max_value=2.0, name="capped")(inputs),
        keras.ops.squareplus(inputs),
        layers.Lambda(lambda x: x * 2.0, name="code")(inputs),
        layers.Dense(2, activation=keras.activations.hard_tanh, name="odd")(inputs),
    ]
    model = keras.Model(inputs, [layers.Dense(1)(layers.Flatten()(end)) for end in ends])
    swap = swap_activations(model, "elu")
    assert not swap.swapped
    left = {(item.path, item.name): item.why for item in swap.left}
    assert {key: why for key, why in left.items() if "LSTM" in why} == {
        ("memory/lstm_cell.activation", "tanh"): "is inside LSTM, whose own code calls it",
        ("memory/lstm_cell.recurrent_activation", "sigmoid"): "is inside LSTM, whose own code calls it",
    }
    assert [name for path, name in left if path.startswith("attention/")] == ["softmax"]
    for path, name in (("each/inner", "relu"), ("block/dense", "relu"), ("block/act", "relu")):
        assert "whose own code calls it" in left[path, name]
    for name, kind in (("plain", "Plain"), ("code", "Lambda")):
        assert left[name, kind] == "has code of its own, which cannot be looked into"
    for path, name in (("capped", "relu"), ("odd", "hard_tanh"), ("squareplus", "squareplus")):
        assert left[path, name] == "is not in the activations table, or not with these settings"
    assert left["shares", "softmax"].startswith("shares 1 out")
    for one, other in zip(model(X), swap.model(X), strict=True):
        np.testing.assert_array_equal(one, other)


def _paths(swap: Any) -> list[tuple[str, str]]:
    return [(item.path, item.before) for item in swap.swapped]


def test_gates_are_swapped_when_named_and_outputs_when_asked() -> None:
    inputs = keras.Input((6,))
    gate = layers.Dense(6, activation="sigmoid", name="gate")(inputs)
    model = keras.Model(
        inputs, layers.ReLU(name="end")(layers.Multiply()([layers.Dense(6, activation="tanh")(inputs), gate]))
    )
    assert not swap_activations(model, "elu").swapped
    assert _paths(swap_activations(model, "elu", outputs=True)) == [("end", "relu")]
    assert _paths(swap_activations(model, "elu", only=["sigmoid"])) == [("gate", "sigmoid")]
    why = {item.path: item.why for item in swap_activations(model, "elu", only=["sigmoid"]).left}
    assert why["end"] == "gives the model's output: `outputs=True` swaps it too"
    for names, words in ((["sigmoid", "gelu"], "Received: gelu, not there"), (["sigmoidd"], "Did you mean `sigmoid`")):
        with pytest.raises(ValueError, match=words):
            swap_activations(model, "elu", only=names)


def test_a_flattened_output_is_an_output() -> None:
    model = keras.Sequential([keras.Input((2, 3)), layers.ReLU(name="act"), layers.Flatten()])
    assert swap_activations(model, "elu").left == (
        Left("act", "relu", "gives the model's output: `outputs=True` swaps it too"),
    )


def test_the_hard_sigmoid_of_squeeze_and_excite_stays_and_relu6_elsewhere_does_not() -> None:
    inputs = keras.Input((6,))
    z = layers.Dense(6)(inputs)
    gate = layers.ReLU(6.0, name="gate")(z + 3.0) * (1.0 / 6.0)
    divided = keras.ops.relu6(z + 3.0) / 6.0
    other = layers.ReLU(6.0, name="shifted")(z + 2.0)
    model = keras.Model(inputs, layers.Dense(1)(gate + divided + other))
    swap = swap_activations(model, "elu")
    assert [(item.path, item.before) for item in swap.swapped] == [("shifted", "relu6")]
    assert {item.why for item in swap.left} == {"is part of a hard sigmoid, relu6(z + 3) / 6"} and len(swap.left) == 2
