"""The suite itself, and a run from training to files."""

from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from keras import layers

from benchmarks.diagnosis.nets import RateBurst, compiled, mlp
from benchmarks.diagnosis.probe import Probe
from benchmarks.diagnosis.recipe import Recipe, Setup
from benchmarks.diagnosis.run import run
from benchmarks.diagnosis.store import load_run, save_run
from benchmarks.diagnosis.suite import suite
from benchmarks.diagnosis.workers import train_all
from piste.callbacks import HealthMonitor

RULES = {"VANISHING", "DEAD", "NONFINITE", "EXPLODING", "NO_GRADIENT", "SATURATED", "SYMMETRIC"}


def tiny(random: np.random.Generator) -> Setup:
    x, y = random.normal(size=(64, 4)).astype("float32"), random.integers(0, 3, 64).astype("int32")
    hidden = [layers.Dense(8, "relu", name="dense"), layers.BatchNormalization(), layers.Dropout(0.3)]
    model = keras.Sequential([layers.Input((4,)), *hidden, layers.Dense(3, "softmax", name="head")])
    return Setup(compiled(model, "adam"), x, y, batch_size=16, epochs=2)


def test_the_suite_is_large_and_its_labels_are_rules() -> None:
    recipes = suite()
    faulty, healthy = ([recipe for recipe in recipes if recipe.healthy is well] for well in (False, True))
    assert len(faulty) >= 30 and len(healthy) >= 40
    assert len({recipe.name for recipe in recipes}) == len(recipes)
    assert {rule for recipe in recipes for rule in (*recipe.expected, *recipe.companions)} == RULES
    assert [recipe.name for recipe in suite("sigmoid_1*")] == ["sigmoid_10_adam"]


def test_a_run_leaves_records_and_looks_and_is_the_same_again(tmp_path: Path) -> None:
    recipe = Recipe("tiny", tiny)
    for folder in ("first", "second"):
        (tmp_path / folder).mkdir()
        run(recipe, 5, tmp_path / folder)
    records, looks = load_run(tmp_path / "first", "tiny", 5)
    assert [record["step"] for record in records] == [1, 2, 4, 8]
    assert [look["step"] for look in looks] == [1, 4]
    assert looks[0]["update_ratios"] == [
        part["update_ratio"] for part in records[0]["layers"].values() if "update_ratio" in part
    ]
    assert load_run(tmp_path / "second", "tiny", 5) == (records, looks)
    train_all([("tiny", 5)], tmp_path / "first", 1)  # it is there already; training it would fail


def test_the_probe_changes_no_variable() -> None:
    left = []
    for probing in (False, True):
        keras.backend.clear_session()
        keras.utils.set_random_seed(3)
        setup = tiny(np.random.default_rng(3))
        health = HealthMonitor()
        callbacks = [health, Probe(health, setup.x[:16], setup.y[:16])] if probing else [health]
        setup.model.fit(setup.x, setup.y, batch_size=16, epochs=2, verbose=0, callbacks=callbacks)
        left.append(values(setup.model))
    assert left[0] == left[1]
    setup.model(setup.x, training=True)  # which is what the probe does before it puts everything back
    assert values(setup.model) != left[1]


def values(model: Any) -> list[bytes]:
    return [np.array(variable).tobytes() for variable in model.variables]


def test_the_probe_sees_what_can_be_worked_out() -> None:
    """One ReLU unit z = x and loss h: dL/dw is the mean of the positive x."""
    model = keras.Sequential([layers.Input((1,)), layers.Dense(1, "relu", kernel_initializer="ones")])
    model.compile(keras.optimizers.SGD(0.0), lambda y, h: keras.ops.mean(h), jit_compile=False)
    x = np.array([[2.0], [4.0], [-6.0], [-8.0]], "float32")
    health = HealthMonitor()
    probe = Probe(health, x, x)
    model.fit(x, x, batch_size=4, verbose=0, callbacks=[health, probe])
    (look,) = probe.looks
    assert (look["loss"], look["accuracy"], look["finite"], look["update_ratios"]) == (1.5, None, True, [0.0])
    assert look["gradients"] == [  # kernel (2 + 4) / 4, bias 2 / 4
        {"rank": 2, "norm": 1.5, "mean_abs": 1.5, "zeros": 0, "size": 1},
        {"rank": 1, "norm": 0.5, "mean_abs": 0.5, "zeros": 0, "size": 1},
    ]
    assert look["activations"] == [
        {"name": "relu", "nonpositive": 0.5, "inactive_units": 0.0, "outside_units": 0.0, "beyond_5": 0.5}
    ]


def test_a_burst_of_the_rate_is_over_when_it_should_be() -> None:
    rates = []
    setup = tiny(np.random.default_rng(1))
    note = keras.callbacks.LambdaCallback(
        on_train_batch_end=lambda batch, logs: rates.append(float(setup.model.optimizer.learning_rate))
    )
    setup.model.fit(setup.x, setup.y, batch_size=16, epochs=2, verbose=0, callbacks=[RateBurst(10.0, 3, 5), note])
    assert rates == pytest.approx([1e-3] * 2 + [1e-2] * 3 + [1e-3] * 3)


def test_a_stored_run_comes_back(tmp_path: Path) -> None:
    save_run(tmp_path, "a", 0, [{"step": 1, "loss": "nan"}], [{"step": 4}])
    assert load_run(tmp_path, "a", 0) == ([{"step": 1, "loss": "nan"}], [{"step": 4}])


def test_hidden_layers_are_named_as_keras_does() -> None:
    names = [layer.name for layer in mlp(3, 4, "relu", "he_normal").layers]
    assert names == ["dense", "dense_1", "dense_2", "head"]
