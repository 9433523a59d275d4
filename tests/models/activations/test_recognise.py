from collections.abc import Callable
from functools import partial
from typing import Any

import keras
import pytest
import tensorflow as tf

from piste.models.activations.functions import FUNCTIONS
from piste.models.activations.realise import layer
from piste.models.activations.recognise import identify
from piste.models.activations.slopes import LEARNED
from piste.models.activations.table import ACTIVATIONS

layers = keras.layers


def found(thing: Any) -> tuple[str, dict[str, float]] | None:
    result = identify(thing)
    return None if result is None else (result[0].name, result[1])


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_own_layers_are_recognised_with_their_arguments(name: str) -> None:
    defaults = {key: argument.default for key, argument in ACTIVATIONS[name].arguments.items()}
    assert found(layer(name, name="a")) == (name, defaults)
    changed = {} if name in LEARNED else {key: 0.125 for key in defaults}
    assert found(layer({"type": name, **changed}, name="a")) == (name, {**defaults, **changed})


@pytest.mark.parametrize("name", [name for name in FUNCTIONS if name != "prelu"])
def test_own_functions_are_recognised(name: str) -> None:
    assert found(FUNCTIONS[name]) == found(layer(name, name="a"))


@pytest.mark.parametrize(
    ("thing", "expected"),
    [
        (layers.ReLU(), ("relu", {})),
        (layers.ReLU(max_value=6.0), ("relu6", {})),
        (layers.ReLU(negative_slope=0.1), ("leaky_relu", {"negative_slope": 0.1})),
        (layers.ReLU(threshold=0.5), ("thresholded_relu", {"threshold": 0.5})),
        (layers.LeakyReLU(), ("leaky_relu", {"negative_slope": 0.3})),
        (layers.ELU(0.5), ("elu", {"alpha": 0.5})),
        (layers.PReLU(), ("prelu", {"alpha": 0.25})),
        (layers.Activation("swish"), ("silu", {"beta": 1.0})),
        (layers.Dense(1), ("linear", {})),
        (layers.Dense(1, activation="tanh"), ("tanh", {})),
        (layers.Conv2D(1, 3, activation="gelu"), ("gelu", {})),
        (layers.SeparableConv2D(1, 3, activation="relu"), ("relu", {})),
        (layers.Dense(1, activation=layers.LeakyReLU(0.1)), ("leaky_relu", {"negative_slope": 0.1})),
        (layers.Dense(1, activation=tf.nn.relu), ("relu", {})),
        (tf.nn.relu6, ("relu6", {})),
        (tf.nn.swish, ("silu", {"beta": 1.0})),
        (partial(tf.nn.silu, beta=2.0), ("silu", {"beta": 2.0})),
        (tf.nn.selu, ("selu", {})),
        (tf.nn.elu, ("elu", {"alpha": 1.0})),
        (tf.nn.leaky_relu, ("leaky_relu", {"negative_slope": 0.2})),
        (tf.nn.gelu, ("gelu", {})),
        (tf.sigmoid, ("sigmoid", {})),
        (tf.tanh, ("tanh", {})),
        (tf.math.softplus, ("softplus", {})),
        (keras.ops.gelu, ("gelu_tanh", {})),
        (keras.activations.hard_silu, ("hard_swish", {})),
        (partial(tf.nn.leaky_relu, alpha=0.3), ("leaky_relu", {"negative_slope": 0.3})),
        (partial(keras.activations.relu, max_value=6), ("relu6", {})),
        (partial(partial(keras.activations.elu, alpha=2), alpha=0.5), ("elu", {"alpha": 0.5})),
        (partial(keras.activations.gelu, approximate=True), ("gelu_tanh", {})),
    ],
)
def test_other_peoples_layers_and_functions(thing: Any, expected: tuple[str, dict[str, float]]) -> None:
    assert found(thing) == expected


@pytest.mark.parametrize(
    "thing",
    [
        layers.ReLU(max_value=1.0),
        layers.ReLU(threshold=1.0, max_value=6.0),
        layers.ReLU(max_value=6.0, negative_slope=0.1),
        layers.Softmax(),
        layers.Activation("softmax"),
        layers.LSTM(1),  # its tanh works inside the step: the output is not tanh(z)
        layers.Dropout(0.1),
        layers.Flatten(),
        partial(tf.nn.silu, alpha=2.0),
        lambda x: x,
        None,
        "relu",
    ],
)
def test_what_is_not_in_the_table_stays_unknown(thing: Any) -> None:
    assert identify(thing) is None


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        (keras.ops.relu, ("relu", {})),
        (keras.activations.relu, ("relu", {})),
        (keras.ops.gelu, ("gelu_tanh", {})),
        (keras.ops.tanh, ("tanh", {})),
        (partial(keras.ops.elu, alpha=0.5), ("elu", {"alpha": 0.5})),
        (keras.ops.exp, None),
    ],
)
def test_operations_of_a_functional_model(call: Callable[..., Any], expected: Any) -> None:
    x = keras.Input((3,))
    assert found(keras.Model(x, call(x)).operations[-1]) == expected
