"""Synthetic problems: their laws, their seeds, and values that never change."""

import re
from typing import Any

import numpy as np
import pytest

from piste.pipelines.data.dataset import Data
from piste.pipelines.data.sources.synthetic import Kind, load_synthetic
from piste.pipelines.errors import DataError

KINDS: tuple[Kind, ...] = ("gaussian_mixture", "circles", "regression")


@pytest.mark.parametrize("kind", KINDS)
def test_shapes_and_types(kind: Kind) -> None:
    data = load_synthetic(kind, samples=30, test_samples=10)
    assert data.test is not None
    assert data.train.x.shape == (30, 2) and data.test.x.shape == (10, 2)
    assert data.input_dtype == "float32" and data.name == kind
    assert data.task == ("regression" if kind == "regression" else "classification")


@pytest.mark.parametrize("kind", KINDS)
def test_the_seed_decides_everything(kind: Kind) -> None:
    def prints(**arguments: Any) -> str:
        return load_synthetic(kind, **arguments).fingerprint

    assert prints(seed=3) == prints(seed=3)
    assert prints(seed=3) != prints(seed=4)


@pytest.mark.parametrize("kind", KINDS)
def test_the_parts_are_drawn_apart(kind: Kind) -> None:
    small, large = (load_synthetic(kind, samples=50, test_samples=n) for n in (0, 50))
    assert small.test is None and large.test is not None
    assert np.array_equal(small.train.x, large.train.x)
    assert not np.array_equal(large.train.x, large.test.x)


@pytest.mark.parametrize("kind", ["gaussian_mixture", "circles"])
def test_classes_are_balanced_and_mixed(kind: Kind) -> None:
    data = load_synthetic(kind, samples=101)
    assert np.bincount(data.train.y).tolist() == [51, 50]
    assert data.train.y.tolist() != sorted(data.train.y) and 0 < data.train.y[:20].sum() < 20


def test_without_noise_circles_are_circles() -> None:
    data = load_synthetic("circles", samples=500, noise=0.0)
    assert np.allclose(np.hypot(*data.train.x.T), np.where(data.train.y == 0, 1.0, 0.5), atol=1e-6)
    assert np.abs(data.train.x.mean(axis=0)).max() < 0.1


def test_without_noise_a_mixture_is_its_centres_shared_by_both_parts() -> None:
    data = load_synthetic("gaussian_mixture", samples=60, features=5, num_classes=3, noise=0.0)
    assert data.test is not None
    centres = [np.unique(part.x[part.y == k], axis=0) for part in (data.train, data.test) for k in range(3)]
    assert all(len(centre) == 1 for centre in centres)
    assert np.array_equal(centres[:3], centres[3:]) and len(np.unique(centres[:3])) == 15


def test_without_noise_regression_is_its_formula() -> None:
    data = load_synthetic("regression", samples=200, features=3, noise=0.0)
    x = data.train.x.astype(np.float64)
    expected = (np.sin(np.pi * x[:, 0]) + np.sin(np.pi * x[:, 1]) + np.sin(np.pi * x[:, 2])) / 3
    assert np.allclose(data.train.y[:, 0], expected + x[:, 0] * x[:, 2], atol=1e-6)
    assert -1 <= x.min() < -0.9 and 0.9 < x.max() <= 1


def spread(noisy: Data, clean: Data) -> float:
    parts = (noisy.train.y, clean.train.y) if noisy.task == "regression" else (noisy.train.x, clean.train.x)
    return float((parts[0] - parts[1]).std())


@pytest.mark.parametrize("kind", KINDS)
def test_noise_is_a_standard_deviation(kind: Kind) -> None:
    noisy, clean = (load_synthetic(kind, samples=5000, noise=noise, seed=8) for noise in (0.25, 0.0))
    assert spread(noisy, clean) == pytest.approx(0.25, rel=0.05)


@pytest.mark.parametrize(
    ("kind", "x", "y"),
    [
        ("gaussian_mixture", [0.0282531, -0.9706969], [0.0, 0.0, 1.0]),
        ("circles", [0.2711235, -0.2722607], [0.0, 0.0, 1.0]),
        ("regression", [0.949793, -0.0683561], [-0.2225902, -0.3146481, -0.0764842]),
    ],
)
def test_values_never_change(kind: Kind, x: list[float], y: list[float]) -> None:
    data = load_synthetic(kind, samples=6, seed=42)
    assert data.train.x[2].tolist() == pytest.approx(x, abs=1e-6)
    assert data.train.y[:3].ravel().tolist() == pytest.approx(y, abs=1e-6)


def test_classes_may_be_named() -> None:
    assert load_synthetic("circles", classes=("outer", "inner")).classes == ("outer", "inner")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"samples": 0}, "synthetic circles: `samples` must be at least 1. Received: 0."),
        ({"test_samples": -1}, "synthetic circles: `test_samples` must be at least 0. Received: -1."),
        ({"noise": -0.1}, "synthetic circles: `noise` must be at least 0. Received: -0.1."),
        ({"noise": float("nan")}, "synthetic circles: `noise` must be at least 0. Received: nan."),
        ({"seed": -1}, "synthetic circles: `seed` must be at least 0. Received: -1."),
        (
            {"features": 3},
            "synthetic circles: circles have 2 features and 2 classes."
            " Received: 3 features and 2 classes; leave both out.",
        ),
        ({"num_classes": 1}, "synthetic circles: `num_classes` must be at least 2. Received: 1."),
        (
            {"kind": "regression", "samples": 10_000_000, "features": 10_000},
            "synthetic regression: drawing may take at most 4294967296 bytes. Received: 800000000000"
            " for 10000000 samples of 10000 features; draw less.",
        ),
        (
            {"kind": "regression", "classes": ("a", "b")},
            "synthetic regression: regression must have no classes. Received: 2 class names;",
        ),
    ],
)
def test_impossible_arguments_are_refused(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(DataError, match=re.escape(message)):
        load_synthetic(**{"kind": "circles", **arguments})
