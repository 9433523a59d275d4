"""The whole pipeline in one process: what a run folder holds, and what decides its bits."""

import json
import math
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from piste.cli import main
from piste.pipelines.config.load import load_config
from piste.pipelines.data.load import load_data
from piste.pipelines.errors import DivergedError
from piste.pipelines.evaluate_run import evaluate_run
from piste.pipelines.run import Run
from piste.pipelines.train import train

CONFIG = """seed: 3
data: {source: synthetic, kind: circles, samples: 200, test_samples: 50, batch_size: 16}
model: {type: mlp, hidden: [8, 8], activation: tanh}
training: {epochs: 2, optimizer: {type: adam, learning_rate: 0.01}}
health: {every: 5, window: 32}
export: {verify: false}
"""
FILES = {
    "config.yaml",
    "config.resolved.yaml",
    "environment.json",
    "metrics.jsonl",
    "health.jsonl",
    "findings.json",
    "checkpoints/final.weights.h5",
    "export/saved_model/1/saved_model.pb",
    "export/saved_model/1/assets.extra/export.json",
    "model_card.md",
    "report.html",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("train")
    (folder / "net.yaml").write_text(CONFIG, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def run(folder: Path) -> Run:
    return train(load_config(folder / "net.yaml"), folder / "run")


def _digest(run: Run) -> Any:
    return run.environment["weights"]["sha256"]


def test_a_run_folder_holds_what_the_design_says(run: Run) -> None:
    files = {path.relative_to(run.folder).as_posix() for path in run.folder.rglob("*") if path.is_file()}
    assert files >= FILES
    rest = {name for name in files - FILES if not name.startswith(("export/saved_model/1/", "health_units/"))}
    assert rest == set()


def test_the_resolved_config_gives_the_same_bits_again(run: Run, folder: Path) -> None:
    resolved = load_config(run.folder / "config.resolved.yaml")
    assert resolved == load_config(folder / "net.yaml") == run.config
    assert _digest(train(resolved, folder / "again")) == _digest(run)


def test_the_monitor_changes_no_bit(run: Run, folder: Path) -> None:
    unwatched = train(load_config(folder / "net.yaml", ["health=false", "export.formats=[]"]), folder / "unwatched")
    assert _digest(unwatched) == _digest(run)
    assert (unwatched.records, unwatched.findings, unwatched.environment["watched"]) == ([], [], False)
    assert not (unwatched.folder / "export").exists() and not (unwatched.folder / "health.jsonl").exists()


def test_the_validation_samples_can_be_the_probe(run: Run, folder: Path) -> None:
    config = load_config(folder / "net.yaml", ["health.probe=validation", "export.formats=[]"])
    probed = train(config, folder / "probed")
    assert _digest(probed) == _digest(run)
    found = {
        record["step"]: {part["probe_samples"] for part in record["layers"].values() if "probe_samples" in part}
        for record in probed.records
    }
    assert found == {1: {20}, 2: set(), 4: set(), 5: set(), 10: {20}, 15: set(), 20: {20}}


def test_another_seed_gives_other_bits(run: Run, folder: Path) -> None:
    other = train(load_config(folder / "net.yaml", ["seed=4", "export.formats=[]"]), folder / "other")
    assert _digest(other) != _digest(run)


def test_the_history_is_an_object_an_epoch(run: Run) -> None:
    lines = [json.loads(line) for line in (run.folder / "metrics.jsonl").read_text("utf-8").splitlines()]
    assert run.history == lines
    assert [line["epoch"] for line in lines] == [1, 2]
    assert {"loss", "accuracy", "val_loss", "val_accuracy", "learning_rate", "seconds"} <= set(lines[0])
    assert lines[0]["learning_rate"] == pytest.approx(0.01)


def test_records_count_steps_over_epochs(run: Run) -> None:
    # 180 samples in batches of 16 are 12 steps an epoch; checks are powers of two below five and multiples of five.
    assert [record["step"] for record in run.records] == [1, 2, 4, 5, 10, 15, 20]
    assert [record["epoch"] for record in run.records] == [1] * 5 + [2] * 2


def test_the_environment_says_what_ran(run: Run) -> None:
    facts = run.environment
    assert facts["mode"] == "fused" and facts["mode_reason"]
    assert (facts["seed"], facts["precision"], facts["interrupted"], facts["watched"]) == (3, "float32", False, True)
    assert facts["versions"]["keras"] == keras.__version__
    sizes = {name: facts["data"][name] for name in ("train", "validation", "test")}
    assert sizes == {"train": 180, "validation": 20, "test": 50}
    assert facts["data"]["fingerprint"] == load_data(run.config).fingerprint


def test_the_model_gives_the_figures_that_were_written(run: Run) -> None:
    data = load_data(run.config)
    assert data.test is not None
    probabilities = run.model().predict(data.test.x, verbose=0)
    picked = probabilities[np.arange(50), data.test.y]
    accuracy = float(np.mean(np.argmax(probabilities, axis=1) == data.test.y))
    for figures in (run.environment["test"], evaluate_run(run.folder)):
        assert figures["loss"] == pytest.approx(float(np.mean(-np.log(picked))), rel=1e-5)
        assert figures["accuracy"] == pytest.approx(accuracy, abs=1e-6)
        assert figures["samples"] == 50


def test_a_report_is_built_again_from_the_folder(run: Run) -> None:
    (run.folder / "report.html").unlink()
    assert Run.open(run.folder).report() == run.folder / "report.html"
    assert "<html" in (run.folder / "report.html").read_text("utf-8")


def test_a_run_that_diverges_ends_with_8_and_a_finding(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(folder)
    settings = ["training.optimizer={type: sgd, learning_rate: 1e30}", "model.activation=relu"]
    arguments = [word for setting in settings for word in ("--set", setting)]
    assert main(["train", "net.yaml", *arguments, "--run", "diverged"]) == DivergedError.exit_code == 8
    captured = capsys.readouterr()
    assert captured.err == (
        "error: The loss must stay finite. Received: a loss that is not, in epoch 1; "
        "diverged/report.html shows where it began.\n"
    )
    run = Run.open("diverged")
    assert [(found.rule, found.severity) for found in run.findings] == [("NONFINITE", "critical")]
    assert (run.folder / "report.html").is_file() and not (run.folder / "export").exists()
    assert not math.isfinite(float(run.history[-1]["loss"]))


def test_regression_is_watched_and_exported(folder: Path) -> None:
    settings = ["data={source: synthetic, kind: regression, samples: 60, test_samples: 20}", "training.epochs=1"]
    run = train(load_config(folder / "net.yaml", settings), folder / "regression")
    assert set(run.environment["test"]) == {"loss", "mean_absolute_error", "samples"}
    assert (run.folder / "export/saved_model/1/saved_model.pb").is_file()
