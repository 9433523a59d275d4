"""A run that ends in one sigmoid unit: trained, watched, judged, exported and opened again."""

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from piste.pipelines.build import build
from piste.pipelines.config.load import load_config
from piste.pipelines.data.load import load_data
from piste.pipelines.errors import ConfigError
from piste.pipelines.evaluate_run import evaluate_run
from piste.pipelines.run import Run
from piste.pipelines.train import train

CONFIG = """seed: 3
data:
  source: synthetic
  kind: gaussian_mixture
  num_classes: 4
  samples: 400
  test_samples: 100
  noise: 0.6
  batch_size: 16
  select: {classes: [3, 1], train_samples: 150}
model: {type: mlp, hidden: [8, 8], activation: tanh, head: sigmoid}
training:
  epochs: 2
  optimizer: {type: adam, learning_rate: 0.01}
  metrics: [accuracy, auc, precision, recall, {type: auc, curve: PR}]
health: {every: 5, window: 32}
"""
LAYERS = "model={layers: [{type: dense, units: 8}, activation, {type: dense, units: 1, activation: sigmoid}]}"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("one_unit")
    (folder / "net.yaml").write_text(CONFIG, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def run(folder: Path) -> Run:
    return train(load_config(folder / "net.yaml"), folder / "run")


def figures(p: Any, y: Any) -> dict[str, float]:
    """Loss and metrics from the probabilities of class 1, by NumPy."""
    said = p > 0.5
    above = (p[y == 1][:, None] > p[y == 0]).mean()
    return {
        "loss": float(np.mean(-np.log(np.where(y == 1, p, 1 - p)))),
        "accuracy": float(np.mean(said == y)),
        "auc": float(above),
        "precision": float(np.mean(y[said])),
        "recall": float(np.mean(said[y == 1])),
    }


def test_the_figures_are_those_of_the_probabilities(run: Run) -> None:
    data = load_data(run.config)
    assert data.test is not None
    p = run.model().predict(data.test.x, verbose=0)
    assert p.shape == (50, 1)
    expected = figures(p[:, 0].astype(float), data.test.y)
    for found in (run.environment["test"], evaluate_run(run.folder)):
        assert set(found) == {*expected, "auc_2", "samples"}
        for name, value in expected.items():
            # Keras's area is a sum over 200 thresholds.
            assert found[name] == pytest.approx(value, abs=5e-3 if name == "auc" else 1e-5), name


def test_it_learns_which_class_is_the_second(run: Run) -> None:
    assert run.environment["data"]["classes"] == ["3", "1"]
    assert run.environment["data"]["train"] == 150
    assert run.history[-1]["val_accuracy"] > 0.9
    assert {"auc", "val_auc_2", "val_precision"} <= set(run.history[-1])


def test_it_is_watched_beside_a_guess_between_two(run: Run) -> None:
    assert run.records[0]["chance_loss"] == math.log(2)
    assert run.records[0]["layers"]["head"]["delta_rms"] > 0
    assert [finding.rule for finding in run.findings if finding.severity != "info"] == []


def test_the_export_was_verified_with_two_probabilities(run: Run) -> None:
    facts = run.environment["export"]
    assert facts["max_abs_difference"] < 1e-5
    assert facts["signature"]["outputs"]["probabilities"] == {"dtype": "float32", "shape": [None, 2]}


@pytest.mark.parametrize("mode", ["fused", "graph", "stream"])
def test_layers_of_ones_own_in_every_mode(folder: Path, mode: str) -> None:
    metrics = "training.metrics=[accuracy, auc]"
    overrides = [LAYERS, f"training.mode={mode}", metrics, "export.formats=[]", "training.epochs=1"]
    (line,) = train(load_config(folder / "net.yaml", overrides), folder / mode).history
    assert 0.5 < line["accuracy"] <= 1
    assert {"auc", "val_auc"} <= set(line)


def test_auto_takes_the_crossentropy_of_one_unit(folder: Path) -> None:
    model = build(load_config(folder / "net.yaml", ["training.metrics=auto"]))
    assert (model.output_shape, model.loss) == ((None, 1), "binary_crossentropy")
    softmax = build(load_config(folder / "net.yaml", ["training.metrics=auto", "model.head=softmax"]))
    assert (softmax.output_shape, softmax.loss) == ((None, 2), "sparse_categorical_crossentropy")


@pytest.mark.parametrize(
    ("model", "words"),
    [
        (
            "model={type: mlp, head: sigmoid}",
            "--set 1: `head: sigmoid` must have two classes to tell apart. Received: 3 classes; use softmax.",
        ),
        (LAYERS, "--set 1: `layers` must end in softmax, as one sigmoid unit is for two classes. Received: 3 classes."),
    ],
)
def test_what_only_the_data_show(tmp_path: Path, model: str, words: str) -> None:
    np.savez(tmp_path / "three.npz", x_train=np.eye(30, 2), y_train=np.arange(30) % 3)
    (tmp_path / "net.yaml").write_text(f"data: {{source: npz, path: '{tmp_path}/three.npz'}}\n", encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        build(load_config(tmp_path / "net.yaml", [model]))
    assert str(caught.value) == words
