"""Records made by hand, and one run for every way in which a rule can speak."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest

Record = dict[str, Any]
Make = Callable[..., Record]


def check(step: int, layers: Mapping[str, Mapping[str, Any]] | None = None, **whole: Any) -> Record:
    """One record; what is not said is that of a healthy model."""
    base: Record = {"schema": 1, "step": step, "epoch": 1, "loss": 2.0, "nonfinite": None}
    return base | whole | {"layers": {path: dict(part) for path, part in (layers or {}).items()}}


def profile(first: Any, last: Any, activation: str = "sigmoid") -> dict[str, Any]:
    """A layer, its activation and an output, with an error signal at both layers."""
    return {
        "first": {"kernel_rms": 1.0, "delta_rms": first, "update_ratio": 0.01},
        "act": {"act_rms": 1.0, "saturated": 0.1, "activation": activation},
        "last": {"kernel_rms": 1.0, "delta_rms": last, "update_ratio": 0.02},
    }


def units(dead: int, activation: str = "relu", units: int = 100, samples: int = 2048) -> dict[str, Any]:
    """A hidden activation whose units were counted, and an output."""
    part = {"units": units, "dead": dead, "samples": samples, "activation": activation}
    return {"act": part, "last": {"kernel_rms": 1.0}}


def saturation(share: float, activation: str = "tanh", path: str = "act") -> dict[str, Any]:
    """A hidden activation with a share of saturated outputs, and an output."""
    return {path: {"saturated": share, "activation": activation}, "last": {"kernel_rms": 1.0}}


@pytest.fixture(scope="session")
def make() -> Make:
    return check


@pytest.fixture(scope="session")
def make_profile() -> Callable[..., dict[str, Any]]:
    return profile


@pytest.fixture(scope="session")
def make_units() -> Callable[..., dict[str, Any]]:
    return units


@pytest.fixture(scope="session")
def make_saturation() -> Callable[..., dict[str, Any]]:
    return saturation


def _by_rule() -> dict[str, list[Record]]:
    bad = {"step": 2, "layer": "first"}
    norms = [1.0] * 8 + [30.0] * 3
    silent: dict[str, dict[str, Any]] = {
        "first": {"kernel_rms": 0.0},
        "act": {"saturated": 1.0, "activation": "relu"},
        "last": {"kernel_rms": 1.0},
    }
    sampled = {"sampled": 2048, "units": 100, "dead": 0, "samples": 2048}
    bent: dict[str, dict[str, Any]] = {"act": sampled | {"one_sided": 100, "activation": "elu"}}
    below_bent = {"first_act": sampled | {"one_sided": 0, "activation": "elu"}} | bent
    return {
        "nonfinite at the first step": [check(1, nonfinite={"step": 1, "layer": None}, loss="nan")],
        "nonfinite later": [check(1), check(2, nonfinite=bad, loss="nan")],
        "nonfinite after growth": [check(1, profile(1e4, 1.0)), check(2, nonfinite=bad, loss="nan")],
        "exploding from the start": [check(1, profile(1e3, 1.0))],
        "exploding by depth later": [check(s, profile(1.0 if s < 4 else 1e3, 1.0)) for s in range(1, 9)],
        "exploding by step": [check(s, grad_norm=norm, loss=norm) for s, norm in enumerate(norms, 1)],
        "exploding loss": [check(s, loss_max=loss, loss=loss) for s, loss in enumerate([2.0, 12.0, 12.0, 12.0], 1)],
        "vanishing": [check(s, profile(1e-5, 1.0)) for s in range(1, 6)],
        "vanishing without a bounded activation": [check(s, profile(1e-5, 1.0, "relu")) for s in range(1, 6)],
        "no gradient behind a flat activation": [check(s, silent) for s in (1, 2)],
        "no gradient anywhere": [check(s, {"first": {"kernel_rms": 0.0}}) for s in (1, 2)],
        "no gradient in a branch": [
            check(s, {"first": {"kernel_rms": 0.0}, "last": {"kernel_rms": 1.0}}, skipped=0) for s in (1, 2)
        ],
        "update too large": [check(s, {"first": {"update_ratio": 0.5}}) for s in range(10, 15)],
        "symmetric": [check(s, {"first": {"kernel_rms": 1.0, "alike": 1.0}}) for s in (1, 2, 4)],
        "initial loss high": [check(1, loss=9.0, chance_loss=2.3)],
        "initial loss low": [check(1, loss=0.1, chance_loss=2.3)],
        "converged": [
            check(s, profile(0.5, 1.0), loss=loss, grad_norm=loss) for s, loss in enumerate([2.0, 0.01, 0.01, 0.01], 1)
        ],
        "quiet": [check(50, {"act": sampled | {"quiet": 60, "activation": "relu"}})],
        "stuck slope at the first activation": [check(50, bent)],
        "stuck slope further on": [check(50, below_bent)],
    }


@pytest.fixture(scope="session")
def faults() -> dict[str, list[Record]]:
    """Name -> records after the last of which one rule speaks, each in another way."""
    runs = _by_rule()
    for name in ("relu", "relu6", "sigmoid", "elu", "leaky_relu", "prelu", "gelu"):
        runs[f"dead {name} from the start"] = [check(50, units(60, name))]
        runs[f"dead {name} later"] = [check(50, units(0, name)), check(100, units(60, name), loss_max=9.0)]
    for name in ("sigmoid", "tanh", "softsign", "hard_sigmoid"):
        runs[f"saturated {name} at first"] = [check(s, saturation(0.9, name)) for s in (1, 2, 4)]
        deep = {"first_act": {"saturated": 0.1, "activation": name}}
        runs[f"saturated {name} further on"] = [check(s, deep | saturation(0.9, name)) for s in (1, 2, 4)]
        runs[f"saturated {name} later"] = [
            check(s, deep | saturation(0.1 if s == 1 else 0.9, name)) for s in (1, 2, 4, 8)
        ]
    return runs


@pytest.fixture(scope="session")
def healthy() -> list[Record]:
    """A run that no rule has anything to say of: what it measures is varied, but far from every limit."""
    run: Sequence[tuple[int, float, float]] = [
        (1, 2.3, 1.0), (2, 2.2, 1.4), (4, 2.2, 0.9), (8, 2.1, 1.2), (16, 1.9, 1.1), (32, 1.6, 0.8), (50, 1.4, 0.7),
        (100, 1.5, 3.0), (150, 1.1, 0.6), (200, 1.0, 0.7),
    ]  # fmt: skip
    layers = profile(0.3, 1.0, "tanh") | {"act": units(3, "tanh")["act"] | {"saturated": 0.2}}
    layers["act"] |= {"sampled": 2048, "quiet": 5, "one_sided": 4}
    layers["first"] |= {"alike": 0.2, "bias_rms": 0.1}
    return [
        check(step, layers, loss=loss, loss_max=1.5 * loss, grad_norm=norm, chance_loss=2.3, clipped=False, skipped=0)
        for step, loss, norm in run
    ]
