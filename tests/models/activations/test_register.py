import math
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from piste.models.activations import table
from piste.models.activations.arrays import ARRAY_FUNCTIONS, array_function
from piste.models.activations.functions import FUNCTIONS
from piste.models.activations.recognise import identify
from piste.models.activations.register import register_activation
from piste.models.activations.slopes import slope
from piste.models.build import build_model


def hinge(z: Any) -> Any:
    """Slope 1 on (-1, 2), else 0; kinks at -1 and 2."""
    return keras.ops.clip(z, -1.0, 2.0)


def steep(z: Any) -> Any:
    return 2.0 * z


def halves(z: Any) -> Any:
    return z[::2]


def rounded(z: Any) -> Any:
    return tf.round(z)


def flat(z: Any) -> Any:
    return 0.0 * z


def overflowing(z: Any) -> Any:
    return tf.exp(z * z)


@pytest.fixture(autouse=True)
def forget() -> Iterator[None]:
    yield
    for name in set(table.ACTIVATIONS) & {"hinge", "steep"}:
        del table._BY_NAME[name]
        del FUNCTIONS[name]
        del ARRAY_FUNCTIONS[name]


def test_facts_are_measured() -> None:
    facts = register_activation("hinge", hinge).facts()
    assert facts.supremum == 1
    assert facts.saturates == "both"
    assert (facts.flat.left, facts.flat.right) == pytest.approx((-1, 2), abs=0.0011)
    assert (facts.low.left, facts.low.right) == pytest.approx((-1, 2), abs=0.0011)
    assert facts.kinks == pytest.approx((-1, 2), abs=0.0011)
    # E min(max(z, -1), 2)^2 = Phi(-1) + 4 Phi(-2) + integral of z^2 over (-1, 2)
    below, above = (0.5 * math.erfc(x / math.sqrt(2)) for x in (1, 2))
    density = [math.exp(-x * x / 2) / math.sqrt(2 * math.pi) for x in (1, 2)]
    inside = (1 - below - above) - density[0] - 2 * density[1]
    assert facts.gain == pytest.approx((below + 4 * above + inside) ** -0.5, rel=1e-6)
    assert register_activation("steep", steep).facts().supremum == 2


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # Keras 3.15 on NumPy 2
def test_models_monitors_and_files_know_it(tmp_path: Path) -> None:
    entry = register_activation("hinge", hinge, initializer="lecun_normal", aliases=["clip"])
    model = build_model(
        {"type": "mlp", "hidden": [4], "activation": "clip"},
        input_shape=(3,),
        input_dtype="float32",
        outputs=2,
        task="classification",
        scale="none",
        seed=1,
    )
    assert type(model.get_layer("dense_1").kernel_initializer).__name__ == "LecunNormal"
    assert identify(model.get_layer("dense_1_act")) == (entry, {})
    np.testing.assert_array_equal(slope("hinge")(tf.constant([-2.0, 0.0, 3.0]), None), [0.0, 1.0, 0.0])
    np.testing.assert_array_equal(array_function("hinge")(np.array([[-2.0, 0.5, 3.0]])), [[-1.0, 0.5, 2.0]])
    model.save(tmp_path / "own.keras")
    x = np.ones((1, 3), "float32")
    np.testing.assert_array_equal(keras.models.load_model(tmp_path / "own.keras")(x), model(x))


@pytest.mark.parametrize(
    ("name", "function", "words"),
    [
        ("relu", hinge, "The activation name `relu` is taken. Choose another name."),
        ("Hinge", hinge, "An activation's name must be in snake case. Received: `Hinge`."),
        (
            "hinge",
            lambda z: z,
            "`function` must be a named function, because a lambda cannot be saved. Use `def`.",
        ),
        (
            "hinge",
            halves,
            "`function` must map a tensor to one of the same shape and dtype and have a gradient.",
        ),
        (
            "hinge",
            rounded,
            "`function` must map a tensor to one of the same shape and dtype and have a gradient.",
        ),
        ("hinge", flat, "`function` must not be constant."),
        ("hinge", overflowing, "`function` must be finite for z in -60..60, and its gradient too."),
    ],
)
def test_refusals(name: str, function: Callable[[Any], Any], words: str) -> None:
    with pytest.raises(ValueError) as caught:
        register_activation(name, function)
    assert str(caught.value) == words
    assert "hinge" not in table.ACTIVATIONS


def test_what_cannot_be_called_is_refused() -> None:
    with pytest.raises(TypeError, match=r"`function` must be a function\. Received: 3\."):
        register_activation("hinge", 3)  # type: ignore[arg-type]


def test_an_unknown_initializer_is_refused_before_anything_is_added() -> None:
    with pytest.raises(ValueError, match=r"`initializer` must be one of .*Received: 'he'\."):
        register_activation("hinge", hinge, initializer="he")
    assert "hinge" not in table.ACTIVATIONS
