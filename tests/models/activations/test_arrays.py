from typing import Any

import numpy as np
import pytest
import tensorflow as tf

from piste.models.activations.arrays import ARRAY_FUNCTIONS, array_function, array_slope
from piste.models.activations.functions import function
from piste.models.activations.table import ACTIVATIONS, find

SETTINGS: list[tuple[str, dict[str, float]]] = [
    *((name, {}) for name in ACTIVATIONS),
    ("leaky_relu", {"negative_slope": 0.01}),
    ("prelu", {"alpha": 0.5}),
    ("elu", {"alpha": 0.5}),
    ("celu", {"alpha": 0.25}),
    ("rrelu", {"lower": 0.0, "upper": 0.5}),
    ("thresholded_relu", {"threshold": 0.25}),
    ("smelu", {"beta": 0.625}),
    ("silu", {"beta": 0.6}),
    ("silu", {"beta": 10.0}),
    ("parametric_swish", {"beta": 1.5}),
]
Z = np.concatenate([np.linspace(-12.03, 12.04, 500), [-1e4, -800.0, -40.0, 0.0, 40.0, 800.0, 1e4]]).reshape(3, -1)


def test_there_is_one_for_every_entry() -> None:
    assert sorted(ARRAY_FUNCTIONS) == sorted(ACTIVATIONS)


@pytest.mark.parametrize(("name", "arguments"), SETTINGS)
def test_values_are_those_that_models_compute(name: str, arguments: dict[str, float]) -> None:
    values = array_function({"type": name, **arguments})(Z)
    # TensorFlow holds some constants (leaky's slope, GELU's root) in float32 even for float64 tensors.
    np.testing.assert_allclose(values, function(name, **arguments)(tf.constant(Z)), rtol=3e-8, atol=3e-8)


@pytest.mark.parametrize(("name", "arguments"), SETTINGS)
def test_values_and_slopes_against_the_formulas(name: str, arguments: dict[str, float], references: Any) -> None:
    f, derivative = references[name]
    found = array_function({"type": name, **arguments})
    kinks = find(name).facts(**arguments).kinks
    np.testing.assert_allclose(found(Z), f(Z, **arguments), rtol=1e-12, atol=1e-14)
    near = [kink + side for kink in kinks for side in (-1e-7, 1e-7)]
    z = np.concatenate([np.linspace(-12.03, 12.04, 500), near])
    np.testing.assert_allclose(array_slope(found, z, kinks), derivative(z, **arguments), rtol=1e-7, atol=1e-8)


def test_a_kink_that_is_not_named_is_smeared() -> None:
    relu = array_function("relu")
    z = np.array([-1e-7, 1e-7])
    np.testing.assert_allclose(array_slope(relu, z), [0.495, 0.505], rtol=1e-6)
    np.testing.assert_allclose(array_slope(relu, z, [0.0]), [0.0, 1.0], atol=1e-12)
    assert array_slope(relu, np.zeros(1), [0.0]) == [0.5]


def test_unknown_argument() -> None:
    with pytest.raises(ValueError, match=r"`celu` takes `alpha`\. Received: `beta`\."):
        array_function({"type": "celu", "beta": 1.0})
