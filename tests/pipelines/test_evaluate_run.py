"""`piste evaluate`: damaged runs, changed data and parts that are not there."""

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from piste.cli import main
from piste.pipelines.config.load import load_config
from piste.pipelines.train import train

CONFIG = """seed: 3
data: {source: npz, path: some.npz, x_test: null, y_test: null, validation: {size: 8}}
model: {type: mlp, hidden: [4]}
training: {epochs: 1}
health: false
export: {formats: []}
"""
Captured = pytest.CaptureFixture[str]


def _write_data(path: Path, seed: int) -> None:
    rng = np.random.default_rng(seed)
    np.savez(path, x_train=rng.normal(size=(40, 3)).astype("float32"), y_train=np.arange(40) % 2)


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("evaluate")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        Path("net.yaml").write_text(CONFIG, encoding="utf-8")
        _write_data(Path("some.npz"), 0)
        train(load_config("net.yaml"), Path("run"))
        train(load_config("net.yaml", ["model.dropout=0.5"]), Path("dropped"))
    return folder


@pytest.fixture(autouse=True)
def _copy(trained: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(trained, tmp_path / "copy")
    monkeypatch.chdir(tmp_path / "copy")


def _refused(code: int, words: str, capsys: Captured, *arguments: str) -> None:
    assert main(["evaluate", "run", *arguments]) == code
    captured = capsys.readouterr()
    assert words in captured.err and captured.out == "" and "Traceback" not in captured.err


def test_figures_as_text_and_json(capsys: Captured) -> None:
    assert main(["evaluate", "run", "--split", "validation"]) == 0
    assert capsys.readouterr().out.startswith("run on validation: ")
    assert main(["evaluate", "run", "--split", "train", "--format", "json"]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert (facts["run"], facts["split"], facts["samples"]) == ("run", "train", 32)
    assert set(facts) == {"run", "split", "accuracy", "loss", "samples"}


def _judged(capsys: Captured, *arguments: str) -> Any:
    assert main(["evaluate", "dropped", "--split", "train", *arguments, "--format", "json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_monte_carlo_dropout(capsys: Captured) -> None:
    facts = _judged(capsys, "--mc-samples", "4")
    compared = facts["mc_dropout"]
    assert (facts["samples"], compared["passes"], compared["seed"]) == (32, 4, 3)
    assert compared["plain"]["nll"] == pytest.approx(facts["loss"], rel=1e-5)
    assert compared["plain"]["accuracy"] == pytest.approx(facts["accuracy"])
    assert list(compared["mean"]) == ["nll", "accuracy", "ece", "entropy", "std", "mutual_information"]
    other = _judged(capsys, "--mc-samples", "4", "--seed", "4")["mc_dropout"]
    assert other["seed"] == 4 and other["mean"]["nll"] != compared["mean"]["nll"]


def test_monte_carlo_dropout_as_text(capsys: Captured) -> None:
    assert main(["evaluate", "dropped", "--split", "train", "--mc-samples", "2"]) == 0
    first, second, third = capsys.readouterr().out.splitlines()
    assert first.startswith("dropped on train: loss ") and first.endswith("samples 32")
    assert second.startswith("without dropout: nll ")
    assert third.startswith("mean of 2 passes, seed 3: nll ") and "mutual_information" in third


def test_refused_passes(capsys: Captured) -> None:
    _refused(2, "`--mc-samples` must be at least 2. Received: 1; 100 are usual.", capsys, "--mc-samples", "1")
    _refused(2, "`--seed` must come with `--mc-samples`. Received: --seed 7 alone", capsys, "--seed", "7")
    words = "`--mc-samples` does not fit run: `model` must have a dropout layer whose rate is above 0."
    _refused(2, words, capsys, "--split", "train", "--mc-samples", "2")


def test_a_part_that_the_data_has_not(capsys: Captured) -> None:
    _refused(4, "`--split` must be a part that some has: train, validation. Received: test.", capsys)


def test_damaged_weights(capsys: Captured) -> None:
    weights = Path("run/checkpoints/final.weights.h5")
    content = bytearray(weights.read_bytes())
    content[len(content) // 2] ^= 1
    weights.write_bytes(content)
    _refused(5, "final.weights.h5", capsys, "--split", "train")


def test_missing_weights(capsys: Captured) -> None:
    Path("run/checkpoints/final.weights.h5").unlink()
    _refused(5, "final.weights.h5", capsys, "--split", "train")


def test_changed_data(capsys: Captured) -> None:
    _write_data(Path("some.npz"), 1)
    _refused(4, "The data must be what run was trained on, fingerprint ", capsys, "--split", "train")


def test_a_damaged_fact_file(capsys: Captured) -> None:
    Path("run/environment.json").write_text("{", encoding="utf-8")
    _refused(5, "run/environment.json must be a JSON file of the run. Received: ", capsys)


def test_no_run(capsys: Captured) -> None:
    assert main(["evaluate", "nowhere"]) == 2
    assert "Expected a run folder. Received: nowhere" in capsys.readouterr().err


def test_a_run_without_weights(capsys: Captured) -> None:
    facts = json.loads(Path("run/environment.json").read_text("utf-8"))
    del facts["weights"]
    Path("run/environment.json").write_text(json.dumps(facts), encoding="utf-8")
    _refused(5, "run must hold trained weights. Received: a run that did not finish.", capsys, "--split", "train")
