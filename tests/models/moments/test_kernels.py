import math
from typing import Any

import numpy as np
import pytest

from piste.models.initializers import INITIALIZERS, initializer
from piste.models.moments.kernels import RANDOM, kernels

WIDTH = 300
SPECS: list[Any] = [
    *RANDOM,
    {"type": "variance_scaling", "scale": 3.0, "mode": "fan_avg", "distribution": "uniform"},
    {"type": "variance_scaling", "mode": "fan_out", "distribution": "normal"},
    {"type": "variance_scaling", "distribution": "untruncated_normal"},
    {"type": "random_normal", "mean": 0.5, "stddev": 0.25},
    {"type": "truncated_normal", "mean": -1.0, "stddev": 0.5},
    {"type": "random_uniform", "minval": 0.0, "maxval": 2.0},
    {"type": "orthogonal", "gain": 1.5},
]


@pytest.mark.parametrize("spec", SPECS, ids=str)
def test_the_law_is_that_of_keras(spec: Any) -> None:
    law = kernels(spec, WIDTH)
    expected = np.asarray(initializer(spec, seed=7)((WIDTH, WIDTH)), "float64")
    drawn = law.draw(np.random.RandomState(1))
    for values in (expected, drawn):
        assert values.shape == (WIDTH, WIDTH)
        # 90,000 draws: the standard error of a deviation is at most 0.0024 of it.
        assert values.std() == pytest.approx(law.deviation, rel=0.012)
        assert values.mean() == pytest.approx(law.center, abs=0.015 * law.deviation)
    assert np.abs(drawn - law.center).max() == pytest.approx(np.abs(expected - law.center).max(), rel=0.3)
    if law.distribution in ("truncated", "uniform"):
        assert np.abs(drawn - law.center).max() == pytest.approx(np.abs(expected - law.center).max(), rel=1e-3)


def test_every_initializer_of_keras_draws_or_is_refused() -> None:
    assert set(INITIALIZERS) - set(RANDOM) == {"constant", "identity", "ones", "zeros"}


def test_variances_worked_by_hand() -> None:
    variances = {"glorot": 1.0, "he": 2.0, "lecun": 1.0}
    for family, scale in variances.items():
        for shape in ("normal", "uniform"):
            assert kernels(f"{family}_{shape}", 50).deviation ** 2 == pytest.approx(scale / 50)
    assert kernels("random_uniform", 50).deviation == pytest.approx(0.05 / math.sqrt(3))
    # The variance of a normal cut at 2 is 1 - 4 * density(2) / (1 - 2 * Phi(-2)).
    cut = 1 - 4 * math.exp(-2) / math.sqrt(2 * math.pi) / math.erf(math.sqrt(2))
    assert kernels("truncated_normal", 50).deviation ** 2 == pytest.approx(0.05**2 * cut, rel=1e-12)


def test_only_what_is_truncated_is_cut() -> None:
    for name, cut in (("truncated_normal", True), ("random_normal", False)):
        law = kernels(name, 100)
        assert (np.abs(law.draw(np.random.RandomState(0))).max() <= 2 * law.spread) == cut


def test_orthogonal_kernels_are_and_take_their_signs_from_the_draw() -> None:
    law = kernels({"type": "orthogonal", "gain": 2.0}, 40)
    q = law.draw(np.random.RandomState(3))
    np.testing.assert_allclose(q.T @ q, 4 * np.eye(40), atol=1e-12)
    # Only Q with a positive diagonal of R is uniform among the orthogonal matrices.
    assert (np.diag(q.T @ np.random.RandomState(3).normal(size=(40, 40))) > 0).all()


def test_untruncated_kernels_are_the_legacy_generators_own_draws() -> None:
    law = kernels({"type": "variance_scaling", "distribution": "untruncated_normal"}, 100)
    expected = np.random.RandomState(5).normal(size=(100, 100), scale=np.sqrt(1 / 100))
    np.testing.assert_array_equal(law.draw(np.random.RandomState(5)), expected)


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        ("zeros", r"`initializer` must draw at random: one of glorot_normal, .*Received: `zeros`\."),
        (
            {"type": "he_normal", "seed": 1},
            r"`initializer` must leave `seed` out: one seed is for all layers\. Received: 1\.",
        ),
    ],
)
def test_refusals(spec: Any, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        kernels(spec, 10)
