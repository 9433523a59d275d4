from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from piste.models.activations.functions import function
from piste.models.activations.recognise import identify
from piste.models.activations.slopes import SLOPES, slope
from piste.models.activations.table import ACTIVATIONS

Z = np.array([-100, -12, -7.5, -4, -2.5, -1.25, -0.75, -0.125, 0.125, 0.5, 1, 2, 4, 7.5, 12, 100])
SETTINGS: list[tuple[str, dict[str, float]]] = [
    *((name, {}) for name in ACTIVATIONS),
    ("leaky_relu", {"negative_slope": 0.01}),
    ("prelu", {"alpha": 0.1}),
    ("elu", {"alpha": 0.5}),
    ("celu", {"alpha": 0.25}),
    ("rrelu", {"lower": 0.0, "upper": 0.5}),
    ("thresholded_relu", {"threshold": 0.25}),
    ("smelu", {"beta": 0.5}),
    ("silu", {"beta": 0.6}),
    ("silu", {"beta": 10.0}),
    ("parametric_swish", {"beta": 1.5}),
]


def test_there_is_a_slope_for_every_entry() -> None:
    assert sorted(SLOPES) == sorted(ACTIVATIONS)


@pytest.mark.parametrize(("name", "arguments"), SETTINGS)
def test_slopes_against_numpy(name: str, arguments: dict[str, float], references: Any) -> None:
    entry = ACTIVATIONS[name]
    derivative = slope({"type": name, **arguments})
    z = tf.constant(Z)
    h = function(name, **arguments)(z)
    # Only what the table promises is handed over: a slope from the output must not touch z.
    got = derivative(None, h) if entry.slope_from == "output" else derivative(z, None)
    # TensorFlow's SELU constants are float32's.
    np.testing.assert_allclose(got, references[name][1](Z, **arguments), rtol=1e-7, atol=1e-7)


@pytest.mark.parametrize(("dtype", "epsilon"), [("float16", 2**-10), ("bfloat16", 2**-7)])
@pytest.mark.parametrize("name", ACTIVATIONS)
def test_slopes_in_half_precision(name: str, dtype: str, epsilon: float, references: Any) -> None:
    z = tf.constant([*Z, -60000, 60000], dtype)
    h = function(name)(z)
    got = slope(name)(z, h)
    assert got.dtype == z.dtype
    with np.errstate(over="ignore"):
        expected = references[name][1](tf.cast(z, "float64").numpy())
    np.testing.assert_allclose(tf.cast(got, "float64"), expected, atol=8 * epsilon)


def test_prelu_reads_the_weights_of_the_layer_at_the_time_of_the_call() -> None:
    layer = keras.layers.PReLU()
    layer.build((None, 2))
    found = identify(layer)
    assert found is not None
    derivative = slope(found, layer)
    z = tf.constant([[-1.0, -1.0], [2.0, 2.0]])
    layer.alpha.assign([0.5, -0.25])
    np.testing.assert_array_equal(derivative(z, None), [[0.5, -0.25], [1.0, 1.0]])


def test_prelu_as_the_activation_of_a_dense_layer() -> None:
    dense = keras.layers.Dense(2, activation=keras.layers.PReLU(alpha_initializer="ones"))
    dense.build((None, 3))
    dense.activation.build((None, 2))
    found = identify(dense)
    assert found is not None
    np.testing.assert_array_equal(slope(found, dense)(tf.constant([[-3.0, 3.0]]), None), [[1.0, 1.0]])


def test_slopes_work_inside_compiled_functions() -> None:
    compiled = tf.function(slope("mish"), jit_compile=True)
    got = compiled(tf.constant([0.0]), tf.constant([0.0]))
    np.testing.assert_allclose(got, [0.6], rtol=1e-6)  # tanh(log 2) = (2 - 1/2) / (2 + 1/2)
