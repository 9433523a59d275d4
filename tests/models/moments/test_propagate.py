import math
from typing import Any

import numpy as np
import pytest

from piste.models.activations.table import ACTIVATIONS
from piste.models.moments.propagate import propagate

NOTEBOOK = {"type": "variance_scaling", "distribution": "untruncated_normal"}


def test_a_thousand_layers_of_selu() -> None:
    """The figures of the first edition's notebook of Hands-On Machine Learning, chapter 11, seed 42."""
    figures = {
        0: (0.00, 1.00),
        99: (0.005, 0.941),
        100: (0.02, 0.96),
        200: (0.01, 0.90),
        300: (-0.02, 0.92),
        400: (0.05, 0.89),
        500: (0.01, 0.93),
        600: (0.02, 0.92),
        700: (-0.02, 0.90),
        800: (0.05, 0.83),
        900: (0.02, 1.00),
    }
    moments = propagate("selu", NOTEBOOK)
    assert [m.layer for m in moments] == list(range(1000))
    for layer, figure in figures.items():
        assert (moments[layer].mean, moments[layer].std) == pytest.approx(figure, abs=0.02), layer


def test_the_draws_are_those_of_the_legacy_generator() -> None:
    random = np.random.RandomState(3)
    h = random.normal(size=(50, 20))
    for m in propagate("tanh", {"type": "random_normal", "stddev": 0.3}, depth=4, width=20, samples=50, seed=3):
        h = np.tanh(h @ random.normal(size=(20, 20), scale=0.3))
        assert m.mean == pytest.approx(h.mean(), rel=1e-9)
        assert m.std == pytest.approx(np.mean([np.std(h[:, unit]) for unit in range(20)]), rel=1e-9)
        assert m.rms == pytest.approx(math.sqrt((h**2).mean()), rel=1e-9)
    other = propagate("tanh", {"type": "random_normal", "stddev": 0.3}, depth=1, width=20, samples=50, seed=4)
    assert abs(other[0].std - m.std) > 1e-4


def test_auto_is_the_matched_initializer() -> None:
    options: dict[str, Any] = {"depth": 2, "width": 30, "samples": 10}
    assert propagate("selu", **options) == propagate("selu", "lecun_normal", **options)
    assert propagate("selu", **options) != propagate("selu", "he_normal", **options)


def test_arguments_and_aliases() -> None:
    options: dict[str, Any] = {"depth": 1, "width": 30, "samples": 10}
    assert propagate("swish", **options) == propagate({"type": "silu", "beta": 1.0}, **options)
    assert propagate("swish", **options) != propagate({"type": "swish", "beta": 3.0}, **options)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_wide_layers_come_close_to_the_limit(name: str) -> None:
    for m in propagate(name, depth=2, width=1000, samples=100):
        assert m.rms == pytest.approx(m.wide.rms, rel=0.1)
        assert m.mean == pytest.approx(m.wide.mean, abs=0.1 * m.wide.rms)


def test_the_factor_is_that_of_small_differences_and_of_the_error_signal() -> None:
    width = 2000
    random = np.random.RandomState(0)
    kernel = random.normal(size=(width, width), scale=math.sqrt(2 / width))
    z = random.normal(size=(1, width)) @ kernel
    slope = 1 / np.cosh(z) ** 2
    (wide,) = [m.wide for m in propagate("tanh", {**NOTEBOOK, "scale": 2.0}, depth=1, width=10, samples=2)]
    difference = random.normal(size=(1, width))
    for sent in ((difference @ kernel) * slope, (difference * slope) @ kernel.T):
        assert np.linalg.norm(sent) / np.linalg.norm(difference) == pytest.approx(wide.factor, rel=0.05)


def test_it_ends_before_figures_are_no_longer_finite() -> None:
    # Each layer multiplies the mean square by 100 / 2, and 1e308 is where it ends: 181 layers.
    moments = propagate("relu", {"type": "random_normal", "stddev": 1.0}, depth=400, samples=5)
    assert 160 < len(moments) < 210
    assert math.isfinite(moments[-1].rms) and moments[-1].rms > 1e150


@pytest.mark.parametrize(
    ("activation", "initializer"),
    [
        ("linear", {"type": "random_normal", "stddev": 1e200}),
        ("linear", {"type": "random_uniform", "minval": -1.7e308, "maxval": 1.7e308}),
        ({"type": "elu", "alpha": 1e300}, "he_normal"),
    ],
)
def test_nothing_is_finite_from_the_start(activation: Any, initializer: Any) -> None:
    assert propagate(activation, initializer, depth=3, samples=5) == []


def test_what_does_not_draw_is_refused() -> None:
    with pytest.raises(ValueError, match=r"`initializer` must draw at random: .*Received: `ones`\."):
        propagate("relu", "ones")
