"""Weights of classes: their values, and that every loop trains with them as Keras does."""

import re
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from piste.pipelines.config.load import load_config
from piste.pipelines.config.problems import ConfigProblems
from piste.pipelines.data.class_weight import weigh_classes
from piste.pipelines.data.dataset import Arrays, Data
from piste.pipelines.data.load import load_data
from piste.pipelines.errors import DataError
from piste.pipelines.loop.fit import fit

RANDOM = np.random.default_rng(4)
X = RANDOM.normal(size=(44, 3)).astype("float32")
Y = (np.arange(44) % 4 == 0).astype("int32")  # 33 of class 0, 11 of class 1


def data(y: np.ndarray = Y) -> Data:
    return Data("some", "classification", Arrays(X, y), Arrays(X, y), None, ("no", "yes"), "00")


def test_balanced_gives_every_class_the_same_sum() -> None:
    weight = weigh_classes(data(), "balanced").train.weight
    assert weight is not None and weight.dtype == np.float32
    np.testing.assert_allclose([weight[Y == 0].sum(), weight[Y == 1].sum()], [22, 22], rtol=1e-6)
    np.testing.assert_allclose(weight[:2], [2.0, 2 / 3], rtol=1e-6)


def test_named_classes_and_the_others() -> None:
    weighed = weigh_classes(data(), {"yes": 3.5})
    assert weighed.train.weight is not None and set(weighed.train.weight[Y == 0].tolist()) == {1.0}
    assert set(weighed.train.weight[Y == 1].tolist()) == {3.5}
    assert weighed.validation is not None and weighed.validation.weight is None


def test_weights_that_are_refused() -> None:
    with pytest.raises(DataError, match=re.escape("Weights must be of classes of some: no, yes. Received: 'maybe'")):
        weigh_classes(data(), {"maybe": 2.0})
    with pytest.raises(DataError, match="Weights must let a training sample of some count"):
        weigh_classes(data(), {"no": 0.0, "yes": 0.0})


def net() -> Any:
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(5, "tanh"), keras.layers.Dense(2, "softmax")])
    model.compile(keras.optimizers.SGD(0.1), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


@pytest.fixture(scope="module")
def reference() -> Any:
    """Keras's own class weights, over the same batches in their order."""
    model = net()
    history = model.fit(X, Y, batch_size=8, epochs=2, shuffle=False, class_weight={0: 0.5, 1: 4.0}, verbose=0)
    return model.get_weights(), history.history


@pytest.mark.parametrize("mode", ["fused", "graph", "stream"])
def test_every_mode_weighs_as_keras_does(mode: str, reference: Any) -> None:
    model = net()
    weighed = weigh_classes(data(), {"no": 0.5, "yes": 4.0})
    history = fit(model, weighed.train, epochs=2, batch_size=8, shuffle=False, mode=mode)
    weights, figures = reference
    for found, expected in zip(model.get_weights(), weights, strict=True):
        np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(history.history["loss"], figures["loss"], rtol=1e-5)
    np.testing.assert_allclose(history.history["accuracy"], figures["accuracy"], rtol=1e-6)
    unweighed = net()
    fit(unweighed, data().train, epochs=2, batch_size=8, shuffle=False, mode=mode)
    assert max(np.abs(a - b).max() for a, b in zip(unweighed.get_weights(), weights, strict=True)) > 1e-3


CIRCLES = "data: {source: synthetic, kind: circles, samples: 40}\nmodel: {type: mlp}\n"


def configured(folder: Path, text: str, base: str = CIRCLES) -> Any:
    (folder / "net.yaml").write_text(f"{base}training: {{{text}}}\n", encoding="utf-8")
    return load_config(folder / "net.yaml")


def test_configs(tmp_path: Path) -> None:
    config = configured(tmp_path, 'class_weight: {"0": 2, "1": 0.5}')
    train = load_data(config).train
    assert train.weight is not None and train.weight.tolist() == np.where(train.y == 0, 2, 0.5).tolist()
    (tmp_path / "resolved.yaml").write_text(config.yaml(), encoding="utf-8")
    assert load_config(tmp_path / "resolved.yaml") == config
    assert load_data(configured(tmp_path, "class_weight: balanced")).train.weight is not None
    assert load_data(configured(tmp_path, "class_weight: null")).train.weight is None
    with pytest.raises(DataError, match=re.escape("net.yaml:3:26: Weights must be of classes of circles: 0, 1.")):
        load_data(configured(tmp_path, "class_weight: {inner: 2}"))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("class_weight: {a: -1}", "`training.class_weight.a` must be at least 0. Received: -1."),
        ("class_weight: {a: x}", "`training.class_weight.a` must be a number. Received: x."),
        ("class_weight: even", "`training.class_weight` must be balanced, or a map from classes to weights."),
        ("class_weight: [1, 2]", "`training.class_weight` must be balanced, or a map from classes to weights."),
    ],
)
def test_bad_configs(text: str, words: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigProblems) as caught:
        configured(tmp_path, text)
    assert words in str(caught.value)


def test_numbers_have_no_classes(tmp_path: Path) -> None:
    with pytest.raises(ConfigProblems) as caught:
        configured(tmp_path, "class_weight: balanced", CIRCLES.replace("circles", "regression"))
    words = "`training.class_weight` must be null: it weighs samples by their class, and the task is regression."
    assert words in str(caught.value)
