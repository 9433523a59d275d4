from typing import Any

import numpy as np
import pytest
import tensorflow as tf

from piste.models.activations.functions import FUNCTIONS, function
from piste.models.activations.table import ACTIVATIONS

SETTINGS: list[tuple[str, dict[str, float]]] = [
    *((name, {}) for name in ACTIVATIONS),
    ("leaky_relu", {"negative_slope": 0.01}),
    ("elu", {"alpha": 0.5}),
    ("celu", {"alpha": 0.25}),
    ("rrelu", {"lower": 0.0, "upper": 0.5}),
    ("thresholded_relu", {"threshold": 0.25}),
    ("smelu", {"beta": 0.625}),
    ("silu", {"beta": 0.6}),
    ("silu", {"beta": 10.0}),
    ("parametric_swish", {"beta": 1.5}),
]
# Off every kink, dense around 0, far out, and exact in float16 and bfloat16.
Z = np.array([-100, -48, -32, -10, -7.5, -4, -2.5, -1.25, -0.75, -0.125, 0.125, 0.5, 1.5, 2, 4, 7.5, 10, 32, 48, 100])


def evaluate(name: str, arguments: dict[str, float], z: np.ndarray, dtype: str) -> tuple[np.ndarray, np.ndarray]:
    x = tf.constant(z, dtype)
    with tf.GradientTape() as tape:
        tape.watch(x)
        h = function(name, **arguments)(x)
    assert h.dtype == x.dtype
    gradient = tape.gradient(h, x)
    return tf.cast(h, "float64").numpy(), tf.cast(gradient, "float64").numpy()


def test_there_is_a_function_for_every_entry() -> None:
    assert sorted(FUNCTIONS) == sorted(ACTIVATIONS)


@pytest.mark.parametrize(("name", "arguments"), SETTINGS)
def test_values_and_gradients_against_numpy(name: str, arguments: dict[str, float], references: Any) -> None:
    f, _ = references[name]
    h, gradient = evaluate(name, arguments, Z, "float64")
    # TensorFlow holds some constants (leaky's slope, GELU's root) in float32 even for float64 tensors.
    np.testing.assert_allclose(h, f(Z, **arguments), rtol=3e-8, atol=3e-8)
    e = 1e-6
    differences = (f(Z + e, **arguments) - f(Z - e, **arguments)) / (2 * e)
    np.testing.assert_allclose(gradient, differences, rtol=1e-7, atol=2e-8)


@pytest.mark.parametrize("dtype", ["float32", "float16", "bfloat16"])
@pytest.mark.parametrize(("name", "arguments"), SETTINGS)
def test_lower_precision_is_finite_and_close(
    name: str, arguments: dict[str, float], dtype: str, references: Any
) -> None:
    f, derivative = references[name]
    h, gradient = evaluate(name, arguments, Z, dtype)
    epsilon = float(tf.experimental.numpy.finfo(dtype).eps) if dtype != "bfloat16" else 2**-7
    np.testing.assert_allclose(h, f(Z, **arguments), rtol=4 * epsilon, atol=4 * epsilon)
    np.testing.assert_allclose(gradient, derivative(Z, **arguments), rtol=4 * epsilon, atol=8 * epsilon)


@pytest.mark.parametrize("dtype", ["float32", "float16", "bfloat16"])
@pytest.mark.parametrize("name", ACTIVATIONS)
def test_gradients_stay_finite_at_the_end_of_half_precision(name: str, dtype: str) -> None:
    h, gradient = evaluate(name, {}, np.array([-60000.0, -1000.0, 0.0, 1000.0, 60000.0]), dtype)
    assert np.isfinite(h).all()
    assert np.isfinite(gradient).all()


def test_celu_has_slope_one_at_zero() -> None:
    assert evaluate("celu", {"alpha": 0.5}, np.zeros(1), "float32")[1] == [1.0]


def test_unknown_argument() -> None:
    with pytest.raises(ValueError, match=r"`celu` takes `alpha`\. Received: `beta`\."):
        function("celu", beta=1.0)


def test_all_compile_and_agree_with_numpy(references: Any) -> None:
    @tf.function(jit_compile=True)
    def everything(x: Any) -> Any:
        with tf.GradientTape(persistent=True) as tape:
            tape.watch(x)
            values = {name: function(name)(x) for name in ACTIVATIONS}
        return values, {name: tape.gradient(value, x) for name, value in values.items()}

    values, gradients = everything(tf.constant(Z, "float32"))
    for name, (f, derivative) in references.items():
        np.testing.assert_allclose(values[name], f(Z), rtol=2e-6, atol=2e-6, err_msg=name)
        np.testing.assert_allclose(gradients[name], derivative(Z), rtol=2e-6, atol=4e-6, err_msg=name)
