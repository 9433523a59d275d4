import math
import subprocess
import sys
from typing import Any

import numpy as np
import pytest

from piste.models.activations.facts import Activation
from piste.models.activations.table import ACTIVATIONS, SOFTMAX, add, find

NAMES = [
    "linear",
    "sigmoid",
    "tanh",
    "softplus",
    "softsign",
    "hard_sigmoid",
    "relu",
    "relu6",
    "leaky_relu",
    "prelu",
    "rrelu",
    "thresholded_relu",
    "smelu",
    "elu",
    "celu",
    "selu",
    "gelu",
    "gelu_tanh",
    "silu",
    "parametric_swish",
    "mish",
    "hard_swish",
]
SETTINGS: list[tuple[str, dict[str, float]]] = [
    *((name, {}) for name in NAMES),
    ("leaky_relu", {"negative_slope": 0.01}),
    ("leaky_relu", {"negative_slope": 0.0}),
    ("leaky_relu", {"negative_slope": 1.0}),
    ("leaky_relu", {"negative_slope": 30.0}),
    ("prelu", {"alpha": 0.0}),
    ("elu", {"alpha": 0.5}),
    ("elu", {"alpha": 2.0}),
    ("elu", {"alpha": 0.0005}),
    ("elu", {"alpha": 30.0}),
    ("celu", {"alpha": 0.1}),
    ("celu", {"alpha": 2.0}),
    ("rrelu", {"lower": 0.0, "upper": 0.5}),
    ("thresholded_relu", {"threshold": 0.25}),
    ("smelu", {"beta": 0.5}),
    ("silu", {"beta": 0.6}),
    ("silu", {"beta": 10.0}),
    ("parametric_swish", {"beta": 1.5}),
]
STEP = 0.001
Z = (np.arange(-60_000, 60_000) + 0.5) * STEP  # never on a kink


def test_every_activation_of_the_plan_is_there() -> None:
    assert sorted(ACTIVATIONS) == sorted(NAMES)


@pytest.mark.parametrize(("name", "arguments"), SETTINGS)
def test_facts_agree_with_the_formula_on_a_grid(name: str, arguments: dict[str, float], references: Any) -> None:
    f, derivative = references[name]
    facts = find(name).facts(**arguments)
    slope = derivative(Z, **arguments)
    size = np.abs(slope)
    supremum = size.max()
    assert facts.supremum == pytest.approx(supremum, rel=2e-3)
    for tail, mark in ((facts.low, 0.05 * facts.supremum), (facts.flat, 0.001)):
        above = Z[size >= mark]
        for edge, expected, end in ((tail.left, above.min(), Z[0]), (tail.right, above.max(), Z[-1])):
            assert (edge is None) == (expected == end)
            if edge is not None:
                assert edge == pytest.approx(expected, abs=1.1 * STEP)
    sides = {(True, True): "none", (False, True): "left", (True, False): "right", (False, False): "both"}
    assert facts.saturates == sides[size[0] >= 1e-3, size[-1] >= 1e-3]
    jumps = Z[:-1][np.abs(np.diff(slope)) > 0.02 * supremum] + STEP / 2
    assert facts.kinks == pytest.approx(tuple(jumps), abs=1e-9)
    assert facts.kink == (0.0 in np.round(jumps, 6))
    density = np.exp(-Z * Z / 2) / math.sqrt(2 * math.pi)
    second = np.sum(f(Z, **arguments) ** 2 * density) * STEP
    assert facts.gain == pytest.approx(1 / math.sqrt(second), rel=1e-6)


def test_gains_worked_by_hand() -> None:
    assert find("relu").facts().gain == pytest.approx(math.sqrt(2))
    assert find("linear").facts().gain == 1
    assert find("leaky_relu").facts(negative_slope=1.0).gain == pytest.approx(1)
    # E f^2 = 1/2 + e^2 Phi(-2) - 2 e^(1/2) Phi(-1) + 1/2
    below = math.e**2 * 0.5 * math.erfc(math.sqrt(2)) - math.sqrt(math.e) * math.erfc(math.sqrt(0.5)) + 0.5
    assert find("elu").facts().gain == pytest.approx((0.5 + below) ** -0.5, rel=1e-9)


def test_elu_has_a_kink_unless_alpha_is_one() -> None:
    elu = find("elu")
    assert not elu.facts().kink
    assert elu.facts(alpha=0.5).kink
    assert not find("celu").facts(alpha=0.5).kink


def test_matched_initializers() -> None:
    families = {
        "glorot_uniform": {"linear", "sigmoid", "tanh", "softplus", "softsign", "hard_sigmoid"},
        "lecun_normal": {"selu"},
    }
    for name, entry in ACTIVATIONS.items():
        expected = next((kind for kind, members in families.items() if name in members), "he_normal")
        assert entry.initializer == {"type": expected}


def test_entries_are_documented() -> None:
    for entry in ACTIVATIONS.values():
        assert entry.formula and entry.paper
        assert all(argument.doc for argument in entry.arguments.values())


def test_aliases_are_found() -> None:
    assert find("swish") is ACTIVATIONS["silu"]
    assert find("hard_silu") is ACTIVATIONS["hard_swish"]


def test_unknown_name_offers_the_nearest() -> None:
    with pytest.raises(ValueError, match=r"`activation` must be one of linear, .*Received: `gleu`.*`gelu`"):
        find("gleu")


@pytest.mark.parametrize(
    ("name", "given", "error", "words"),
    [
        ("elu", {"alpha": 0.0}, ValueError, "`alpha` must be greater than 0. Received: 0.0."),
        (
            "leaky_relu",
            {"negative_slope": -1.0},
            ValueError,
            "`negative_slope` must be at least 0. Received: -1.0.",
        ),
        ("elu", {"alpha": float("nan")}, ValueError, "`alpha` must be finite. Received: nan."),
        ("elu", {"alpha": "1"}, TypeError, "`alpha` must be a number. Received: '1'."),
        ("elu", {"alpha": True}, TypeError, "`alpha` must be a number. Received: True."),
        ("elu", {"alpa": 1.0}, ValueError, "`elu` takes `alpha`. Received: `alpa`. Did you mean `alpha`?"),
        (
            "rrelu",
            {"lower": 0.5},
            ValueError,
            "`rrelu` must have `lower` at most `upper`. Received: lower 0.5, upper 0.333333.",
        ),
        ("relu", {"alpha": 1.0}, ValueError, "`relu` takes no arguments. Received: `alpha`."),
    ],
)
def test_wrong_arguments(name: str, given: dict[str, Any], error: type[Exception], words: str) -> None:
    with pytest.raises(error) as caught:
        find(name).settle(given)
    assert str(caught.value) == words


@pytest.mark.parametrize("taken", ["relu", "swish", SOFTMAX])
def test_taken_names_are_refused(taken: str) -> None:
    relu = find("relu")
    entry = Activation(**{**vars(relu), "name": taken})
    with pytest.raises(ValueError, match=f"The activation name `{taken}` is taken. Choose another name."):
        add(entry)


def test_plain_data_needs_no_heavy_import() -> None:
    code = (
        "import sys, piste.models.activations.table, piste.models.layers, piste.models.zoo\n"
        "import piste.models.nodes, piste.models.seeds, piste.models.initializers\n"
        "print([m for m in ('tensorflow', 'keras', 'numpy') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


@pytest.mark.parametrize(
    ("name", "arguments", "gain"),
    [
        ("elu", {"alpha": 1e300}, 0.0),
        ("smelu", {"beta": 1e300}, 0.0),
        ("thresholded_relu", {"threshold": 50.0}, math.inf),
    ],
)
def test_extreme_arguments_have_facts(name: str, arguments: dict[str, float], gain: float) -> None:
    assert find(name).facts(**arguments).gain == gain
