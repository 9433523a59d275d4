"""Monte Carlo dropout against the same passes, taken one by one and summed up by NumPy."""

from typing import Any

import keras
import numpy as np
import pytest
from keras import layers

from piste.models.mc_dropout import mc_dropout
from piste.pipelines.data.dataset import Arrays
from piste.pipelines.mc_evaluate import mc_evaluate

RANDOM = np.random.default_rng(4)
X = RANDOM.integers(0, 256, (70, 4), dtype=np.uint8)
LABELS = Arrays(X, RANDOM.integers(0, 3, 70, dtype=np.int32))
TARGETS = Arrays(X, RANDOM.normal(size=(70, 3)).astype("float32"))


def net(end: str | None, dropout: float = 0.5) -> Any:
    keras.utils.set_random_seed(0)
    x = inputs = keras.Input((4,), dtype="uint8")
    chain = (layers.Rescaling(1 / 255), layers.Dense(8, "elu"), layers.Dropout(dropout), layers.BatchNormalization())
    for layer in (*chain, layers.Dense(3, end)):
        x = layer(x)
    model = keras.Model(inputs, x)
    model.compile("sgd", "sparse_categorical_crossentropy" if end else "mse")
    return model


def one_by_one(model: Any, seed: int) -> Any:
    """Twelve passes (passes, samples, 3) over batches of 32, 32 and 6."""
    copy = mc_dropout(model, seed=seed)
    batches = [np.stack([copy(X[i : i + 32]) for _ in range(12)]) for i in (0, 32, 64)]
    return np.concatenate(batches, axis=1).astype(np.float64)


def bits(model: Any) -> list[bytes]:
    return [np.array(variable).tobytes() for variable in [*model.variables, *model.optimizer.variables]]


def test_classification() -> None:
    model = net("softmax")
    got = mc_evaluate(model, LABELS, "classification", passes=12, seed=7, batch_size=32)
    p = one_by_one(model, 7)
    mean, rows = p.mean(axis=0), np.arange(70)
    doubt = -(mean * np.log(mean)).sum(axis=1).mean()
    expected = {
        "nll": -np.log(mean[rows, LABELS.y]).mean(),
        "accuracy": (mean.argmax(axis=1) == LABELS.y).mean(),
        "entropy": doubt,
        "std": p.std(axis=0)[rows, mean.argmax(axis=1)].mean(),
        "mutual_information": doubt + (p * np.log(p)).sum(axis=2).mean(),
    }
    assert {name: got["mean"][name] for name in expected} == pytest.approx(expected, rel=1e-5)
    assert set(got["mean"]) - set(expected) == {"ece"}
    assert (got["passes"], got["seed"]) == (12, 7)
    plain = np.array(model(X)).astype(np.float64)
    assert got["plain"]["nll"] == pytest.approx(-np.log(plain[rows, LABELS.y]).mean(), rel=1e-5)
    assert list(got["plain"]) == ["nll", "accuracy", "ece", "entropy"]
    assert got["mean"]["mutual_information"] > 1e-3 and got["mean"]["nll"] != got["plain"]["nll"]


def test_regression() -> None:
    model = net(None)
    got = mc_evaluate(model, TARGETS, "regression", passes=12, seed=7, batch_size=32)
    outputs = one_by_one(model, 7)
    mean, plain = outputs.mean(axis=0), np.array(model(X))
    assert got["mean"] == pytest.approx(
        {
            "rmse": np.sqrt(np.square(mean - TARGETS.y).mean()),
            "output": mean.mean(),
            "std": outputs.std(axis=0).mean(),
        },
        rel=1e-5,
    )
    assert got["plain"] == pytest.approx(
        {"rmse": np.sqrt(np.square(plain - TARGETS.y).mean()), "output": plain.mean()}, rel=1e-5
    )


def test_same_bits_twice_and_nothing_changed() -> None:
    model = net("softmax")
    before = bits(model)
    first = mc_evaluate(model, LABELS, "classification", passes=5, seed=1)
    assert mc_evaluate(model, LABELS, "classification", passes=5, seed=1) == first
    other = mc_evaluate(model, LABELS, "classification", passes=5, seed=2)
    assert other["plain"] == first["plain"] and other["mean"] != first["mean"]
    assert bits(model) == before
    model(X, training=True)  # moves statistics and the seed of dropout, and so would be seen
    assert bits(model) != before


def test_refusals() -> None:
    model = net("softmax")
    for passes, arrays, words in ((1, LABELS, "1 passes, 70"), (2, Arrays(X[:0], LABELS.y[:0]), "2 passes, 0 samples")):
        with pytest.raises(ValueError, match=f"`passes` must be at least 2, .* Received: {words}"):
            mc_evaluate(model, arrays, "classification", passes=passes, seed=0)
    with pytest.raises(ValueError, match="`model` must have a dropout layer whose rate is above 0"):
        mc_evaluate(net("softmax", dropout=0.0), LABELS, "classification", passes=2, seed=0)
    with pytest.raises(ValueError, match="The model must give probabilities"):
        mc_evaluate(net(None), LABELS, "classification", passes=2, seed=0)


def test_one_sigmoid_unit_is_a_classifier_of_two() -> None:
    inputs = keras.Input((4,), dtype="uint8")
    x = layers.Dropout(0.5)(layers.Dense(8, "elu")(layers.Rescaling(1 / 255)(inputs)))
    model = keras.Model(inputs, layers.Dense(1, "sigmoid")(x))
    labels = Arrays(X, LABELS.y % 2)
    got = mc_evaluate(model, labels, "classification", passes=12, seed=7, batch_size=32)
    p = one_by_one(model, 7)[:, :, 0]
    mean = p.mean(axis=0)
    told = np.where(labels.y == 1, mean, 1 - mean)
    expected = {
        "nll": -np.log(told).mean(),
        "accuracy": ((mean > 0.5) == labels.y).mean(),
        "entropy": -(mean * np.log(mean) + (1 - mean) * np.log(1 - mean)).mean(),
        "std": p.std(axis=0).mean(),
    }
    assert {name: got["mean"][name] for name in expected} == pytest.approx(expected, rel=1e-5)
    once = np.asarray(model(X), "float64")[:, 0]
    assert got["plain"]["nll"] == pytest.approx(-np.log(np.where(labels.y == 1, once, 1 - once)).mean(), rel=1e-5)
