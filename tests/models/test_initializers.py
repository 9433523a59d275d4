from typing import Any

import numpy as np
import pytest

from piste.models.activations.table import ACTIVATIONS
from piste.models.initializers import INITIALIZERS, initializer, matched

SHAPE = (400, 300)


def draw(spec: Any, **options: Any) -> np.ndarray:
    return np.asarray(initializer(spec, seed=7, **options)(SHAPE))


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_auto_draws_the_matched_variance(name: str) -> None:
    fan_in, fan_avg = 400, 350
    variance = {"glorot_uniform": 1 / fan_avg, "he_normal": 2 / fan_in, "lecun_normal": 1 / fan_in}
    values = draw("auto", activation=name)
    # The variance of 120,000 draws has a relative standard error under 0.005.
    assert values.var() == pytest.approx(variance[str(ACTIVATIONS[name].initializer["type"])], rel=0.02)
    assert abs(values.mean()) < 0.001


def test_auto_without_an_activation_is_glorot() -> None:
    assert matched(None) == matched("softmax") == {"type": "glorot_uniform"}
    np.testing.assert_array_equal(draw("auto"), draw("glorot_uniform"))


@pytest.mark.parametrize("name", [name for name in INITIALIZERS if name != "identity"])
def test_every_name_draws_the_same_twice(name: str) -> None:
    np.testing.assert_array_equal(draw(name), draw({"type": name}))


def test_arguments_reach_keras() -> None:
    np.testing.assert_array_equal(draw({"type": "constant", "value": 0.5}), np.full(SHAPE, 0.5))
    spec = {"type": "variance_scaling", "scale": 2.0, "mode": "fan_avg", "distribution": "uniform"}
    values = draw(spec)
    assert np.abs(values).max() <= np.sqrt(6 / 350)
    assert values.var() == pytest.approx(2 / 350, rel=0.02)


def test_a_seed_in_the_spec_wins() -> None:
    own = initializer({"type": "he_normal", "seed": 3}, seed=7)(SHAPE)
    np.testing.assert_array_equal(own, initializer("he_normal", seed=3)(SHAPE))


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        ("he_norml", r"`initializer` must be one of constant, .*Received: 'he_norml'\. Did you mean `he_normal`\?"),
        ({"scale": 1.0}, r"`initializer` must be one of .*Received: \{'scale': 1\.0\}\."),
        (3, r"`initializer` must be one of .*Received: 3\."),
        (
            {"type": "he_normal", "sede": 1},
            r"`initializer: he_normal` has no argument `sede`\. Did you mean `seed`\?",
        ),
        (
            {"type": "he_normal", "seed": {"class_name": "x"}},
            r"`seed` of `initializer: he_normal` must be a number or a word\. Received: \{'class_name': 'x'\}\.",
        ),
        ({"type": "variance_scaling", "scale": -1.0}, r"`initializer: variance_scaling` was refused by Keras: "),
    ],
)
def test_wrong_specs(spec: Any, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        initializer(spec, seed=1)
