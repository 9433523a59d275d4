"""Small data, drawn from a generator."""

import functools

import numpy as np

from piste.pipelines.data.sources.embedded import load_embedded

SAMPLES = 3_200
Pair = tuple[np.ndarray, np.ndarray]


def mixture(random: np.random.Generator, features: int = 64, classes: int = 10, spread: float = 1.0) -> Pair:
    """Draws one Gaussian a class; the centres are about six of their standard deviations apart at `spread` 1."""
    centers = random.normal(size=(classes, features)) * 0.5
    y = random.integers(0, classes, SAMPLES)
    x = centers[y] + spread * random.normal(size=(SAMPLES, features))
    return x.astype("float32"), y.astype("int32")


def blobs(random: np.random.Generator, spread: float = 1.0) -> Pair:
    """Draws three Gaussians in the plane, scaled to mean 0 and variance 1."""
    centers = np.array([[-6.0, 0.0], [6.0, 0.0], [0.0, 8.0]])
    y = random.integers(0, 3, SAMPLES)
    x = centers[y] + spread * random.normal(size=(SAMPLES, 2))
    return ((x - x.mean(axis=0)) / x.std(axis=0)).astype("float32"), y.astype("int32")


def circles(random: np.random.Generator) -> Pair:
    """Draws two rings of radius 1 and 0.5, labelled 0 and 1."""
    y = random.integers(0, 2, SAMPLES)
    angle = random.uniform(0, 2 * np.pi, SAMPLES)
    ring = np.stack([np.cos(angle), np.sin(angle)], axis=1) * np.where(y, 0.5, 1.0)[:, np.newaxis]
    return (ring + 0.1 * random.normal(size=ring.shape)).astype("float32"), y.astype("float32")[:, np.newaxis]


def curve(random: np.random.Generator, features: int = 8) -> Pair:
    """Draws a smooth function of the first three features, scaled to mean 0 and variance 1."""
    x = random.normal(size=(SAMPLES, features))
    y = np.sin(2 * x[:, 0]) + x[:, 1] * x[:, 2]
    return x.astype("float32"), ((y - y.mean()) / y.std()).astype("float32")[:, np.newaxis]


@functools.cache
def _fashion() -> Pair:
    train = load_embedded().train
    return (train.x[..., np.newaxis] / 255.0).astype("float32"), train.y


def images(random: np.random.Generator, samples: int = SAMPLES) -> Pair:
    """Picks images of Fashion-MNIST, 28 x 28 x 1, from 0 to 1."""
    x, y = _fashion()
    chosen = random.permutation(len(x))[:samples]
    return x[chosen], y[chosen]


def small_images(random: np.random.Generator, samples: int = SAMPLES) -> Pair:
    """Picks images of Fashion-MNIST, halved to 14 x 14 x 1 by means."""
    x, y = images(random, samples)
    return x.reshape(-1, 14, 2, 14, 2, 1).mean(axis=(2, 4)), y


def sequences(random: np.random.Generator, length: int = 20, features: int = 4) -> Pair:
    """Draws noisy waves of four features; the label says which of three frequencies they have."""
    y = random.integers(0, 3, SAMPLES)
    phase = random.uniform(0, 2 * np.pi, (SAMPLES, 1, features))
    time = np.arange(length)[np.newaxis, :, np.newaxis]
    x = np.sin(time * (0.3 + 0.5 * y)[:, np.newaxis, np.newaxis] + phase) + 0.3 * random.normal(
        size=(SAMPLES, length, features)
    )
    return x.astype("float32"), y.astype("int32")


def tokens(random: np.random.Generator, length: int = 16, words: int = 200) -> Pair:
    """Draws sentences of numbers; three topics favour a third of the words each."""
    y = random.integers(0, 3, SAMPLES)
    topical = random.integers(0, words // 3, (SAMPLES, length)) + (y * (words // 3))[:, np.newaxis]
    any_word = random.integers(0, words, (SAMPLES, length))
    return np.where(random.random((SAMPLES, length)) < 0.5, topical, any_word).astype("int32"), y.astype("int32")
