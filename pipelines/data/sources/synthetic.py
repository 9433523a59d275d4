"""Source `synthetic`: small seeded problems whose right answer is known."""

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from piste.pipelines.data.assemble import assemble
from piste.pipelines.data.dataset import LARGEST, Data
from piste.pipelines.errors import DataError

Kind = Literal["gaussian_mixture", "circles", "regression"]
Floats = NDArray[np.float32]
RADII = (1.0, 0.5)


def load_synthetic(
    kind: Kind,
    *,
    samples: int = 1000,
    test_samples: int = 200,
    features: int = 2,
    num_classes: int = 2,
    noise: float = 0.1,
    seed: int = 0,
    classes: tuple[str, ...] | None = None,
) -> Data:
    """Draws a data set; training and test part come from streams of their own.

    - `gaussian_mixture`: class k lies around a centre c_k, drawn standard normal: `x = c_k + noise * e`.
    - `circles`: class 0 on a circle of radius 1, class 1 of radius 0.5: `x = r_k (cos a, sin a) + noise * e`.
    - `regression`: x uniform in [-1, 1], `y = mean_j sin(pi x_j) + x_1 x_d + noise * e`.

    e is standard normal, a uniform.

    Args:
        kind: The problem.
        samples: Size of the training part, at least 1.
        test_samples: Size of the test part; 0 for none.
        features: Width of x; circles have 2.
        num_classes: Number of classes, occurring equally often; circles have 2, regression has none.
        noise: Standard deviation of the noise, in the unit of x (of y for regression).
        seed: Whole number from 0; equal seeds give equal data.
        classes: Names of the classes by index.

    Returns:
        The data without a validation part; x is float32 `(n, features)`, a regression target `(n, 1)`.

    Raises:
        DataError: If an argument is out of range.

    Example:
        >>> data = load_synthetic("circles", samples=4, test_samples=0, noise=0.0, seed=1)
        >>> np.hypot(*data.train.x.T).round(3).tolist(), data.train.y.tolist()
        ([0.5, 0.5, 1.0, 1.0], [1, 1, 0, 0])
    """
    where = f"synthetic {kind}"
    _check_arguments(where, kind, samples, test_samples, features, num_classes, noise, seed)
    shared, *streams = (np.random.default_rng(s) for s in np.random.SeedSequence(seed).spawn(3))
    centres = shared.standard_normal((num_classes, features))

    def draw(rng: np.random.Generator, n: int) -> tuple[Floats, NDArray[np.int32] | Floats]:
        if kind == "regression":
            return _regression(rng, n, features, noise)
        labels = rng.permutation(np.arange(n, dtype=np.int32) % num_classes)
        means = centres[labels] if kind == "gaussian_mixture" else _on_circles(rng, labels)
        return (means + noise * rng.standard_normal((n, features))).astype(np.float32), labels

    train = draw(streams[0], samples)
    test = draw(streams[1], test_samples) if test_samples else None
    if kind == "regression":
        return assemble(kind, "regression", train, test, where=where, classes=classes)
    names = classes or [str(label) for label in range(num_classes)]
    return assemble(kind, "classification", train, test, where=where, classes=names)


def _regression(rng: np.random.Generator, n: int, features: int, noise: float) -> tuple[Floats, Floats]:
    x = rng.uniform(-1.0, 1.0, (n, features))
    y = np.sin(np.pi * x).mean(axis=1) + x[:, 0] * x[:, -1] + noise * rng.standard_normal(n)
    return x.astype(np.float32), y[:, None].astype(np.float32)


def _on_circles(rng: np.random.Generator, labels: NDArray[np.int32]) -> NDArray[np.float64]:
    angle = rng.uniform(0.0, 2.0 * np.pi, len(labels))
    radius = np.array(RADII)[labels]
    return np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)


def _check_arguments(
    where: str,
    kind: str,
    samples: int,
    test_samples: int,
    features: int,
    num_classes: int,
    noise: float,
    seed: int,
) -> None:
    bounds = {
        "samples": (samples, 1),
        "test_samples": (test_samples, 0),
        "features": (features, 1),
        "num_classes": (num_classes, 2),
        "noise": (noise, 0),
        "seed": (seed, 0),
    }
    for name, (value, least) in bounds.items():
        if not value >= least:
            raise DataError(f"{where}: `{name}` must be at least {least}. Received: {value}.")
    size = 8 * max(samples, test_samples) * features
    if size > LARGEST:
        raise DataError(
            f"{where}: drawing may take at most {LARGEST} bytes. Received: {size}"
            f" for {max(samples, test_samples)} samples of {features} features; draw less."
        )
    if kind == "circles" and (features, num_classes) != (2, 2):
        raise DataError(
            f"{where}: circles have 2 features and 2 classes."
            f" Received: {features} features and {num_classes} classes; leave both out."
        )
