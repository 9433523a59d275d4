"""Quadrature against closed forms, and against figures of papers."""

import math
from itertools import islice

import numpy as np
import pytest

from piste.models.activations.arrays import array_function
from piste.models.activations.table import ACTIVATIONS
from piste.models.initializers import matched
from piste.models.moments.kernels import Kernels, kernels
from piste.models.moments.limit import Wide, normal_nodes, wide_limit


def layers(activation: str, law: Kernels, count: int) -> list[Wide]:
    kinks = ACTIVATIONS[activation].facts().kinks
    return list(islice(wide_limit(array_function(activation), law, kinks), count))


def below(x: float) -> float:
    """Phi(-x)."""
    return 0.5 * math.erfc(x / math.sqrt(2))


def test_expectations_worked_by_hand() -> None:
    z, weights = normal_nodes(0.0, 1.0)
    assert weights.sum() == pytest.approx(1, abs=1e-12)
    assert weights @ z**4 == pytest.approx(3, abs=1e-11)
    assert weights @ np.exp(z) == pytest.approx(math.exp(0.5), abs=1e-11)
    z, weights = normal_nodes(2.0, 3.0)
    assert (weights @ z, weights @ z**2) == pytest.approx((2, 13), abs=1e-10)
    assert weights @ np.maximum(z, 0) == pytest.approx(
        2 * below(-2 / 3) + 3 * math.exp(-2 / 9) / math.sqrt(2 * math.pi)
    )


def test_what_is_narrow_around_zero_is_seen() -> None:
    z, weights = normal_nodes(0.0, 1e5)
    density = 1e-5 / math.sqrt(2 * math.pi)
    assert weights @ np.exp(-z * z) == pytest.approx(math.sqrt(math.pi) * density, rel=1e-6)


def test_a_jump_needs_its_kink() -> None:
    exact = below(0.3)
    errors = []
    for kinks in ((), (0.3,)):
        z, weights = normal_nodes(0.0, 1.0, kinks)
        errors.append(abs(weights @ (z > 0.3) - exact))
    assert errors[0] > 1e-3 and errors[1] < 1e-12


def test_no_deviation_is_one_point() -> None:
    z, weights = normal_nodes(1.5, 0.0)
    assert (z.tolist(), weights.tolist()) == ([1.5], [1.0])


def test_selu_stays_at_its_fixed_point() -> None:
    # lambda^2 (1/2 + alpha^2 E[exp(2z); z < 0]), the last being e^2 Phi(-2)
    slope = 1.0507009873554805**2 * (0.5 + 1.6732632423543772**2 * math.exp(2) * below(2))
    for wide in layers("selu", kernels("lecun_normal", 100), 500):
        assert wide.mean == pytest.approx(0, abs=1e-9)
        assert wide.rms == pytest.approx(1, abs=1e-9)
        assert wide.factor == pytest.approx(math.sqrt(slope), abs=1e-9)


def test_selus_stability_is_that_of_its_paper() -> None:
    """Klambauer et al. 2017 give d mean / d variance = 0.088834 and d variance / d variance = 0.782648 at (0, 1)."""
    found = []
    for variance in (0.999, 1.001):
        z, weights = normal_nodes(0.0, math.sqrt(variance), [0.0])
        h = array_function("selu")(z)
        mean = float(weights @ h)
        found.append((mean, float(weights @ h**2) - mean**2))
    slopes = [(high - low) / 0.002 for low, high in zip(*found, strict=True)]
    assert slopes == pytest.approx([0.088834, 0.782648], abs=2e-6)


def test_selu_with_its_constants_exchanged_does_not_keep_its_moments() -> None:
    z, weights = normal_nodes(0.0, 1.0, [0.0])
    h = 1.6732632423543772 * np.where(z > 0, z, 1.0507009873554805 * np.expm1(np.minimum(z, 0)))
    mean = float(weights @ h)
    assert (mean, weights @ h**2 - mean**2) == pytest.approx((0.248, 1.786), abs=5e-4)


def test_he_keeps_relu_and_nothing_else() -> None:
    for wide in layers("relu", kernels("he_normal", 100), 100):
        assert (wide.mean, wide.rms, wide.factor) == pytest.approx((1 / math.sqrt(math.pi), 1, 1), abs=1e-9)
    # Variance 4 a layer, of which ReLU keeps half.
    doubled = layers("relu", kernels({"type": "random_normal", "stddev": 0.2}, 100), 20)
    assert [wide.rms for wide in doubled] == pytest.approx([math.sqrt(2) ** layer for layer in range(1, 21)])
    assert doubled[-1].factor == pytest.approx(math.sqrt(2))
    halved = layers("relu", kernels("lecun_normal", 100), 3000)
    assert halved[-1].rms == pytest.approx(0, abs=1e-300)
    assert halved[1000].factor == pytest.approx(math.sqrt(0.5))


def test_kernels_with_a_mean_move_the_pre_activations() -> None:
    # Uniform on (0, 0.2), width 100: mean 0.1 and variance 0.01 / 3.
    wide = layers("relu", kernels({"type": "random_uniform", "minval": 0.0, "maxval": 0.2}, 100), 2)
    variance = 100 * 0.01 / 3
    mean, second = math.sqrt(variance / (2 * math.pi)), variance / 2
    assert (wide[0].mean, wide[0].rms ** 2) == pytest.approx((mean, second))
    a, s = 100 * 0.1 * mean, math.sqrt(variance * second)
    density = math.exp(-a * a / (2 * s * s)) / math.sqrt(2 * math.pi)
    assert wide[1].mean == pytest.approx(a * below(-a / s) + s * density)
    assert wide[1].rms ** 2 == pytest.approx((a * a + s * s) * below(-a / s) + a * s * density)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_the_first_layer_agrees_with_the_gain_of_the_table(name: str) -> None:
    (wide,) = layers(name, kernels("lecun_normal", 100), 1)
    assert wide.rms == pytest.approx(1 / ACTIVATIONS[name].facts().gain, rel=3e-6)  # f'' of SmeLU has corners


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_every_activation_is_finite_in_a_hundred_layers(name: str) -> None:
    for wide in layers(name, kernels(matched(name), 100), 100):
        assert all(math.isfinite(value) for value in vars(wide).values())


def test_an_explosion_ends_in_no_number() -> None:
    wide = layers("linear", kernels({"type": "random_normal", "stddev": 1e10}, 100), 100)[-1]
    assert not math.isfinite(wide.rms)
