import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from piste.pipelines.config.load import load_config
from piste.pipelines.errors import ArtefactError, UsageError
from piste.pipelines.report import write_run_report

ENVIRONMENT: dict[str, Any] = {
    "config": "tiny",
    "versions": {"keras": "3.15.1"},
    "mode": "fused",
    "mode_reason": "no convolution",
    "seed": 7,
    "data": {"name": "fashion_mnist", "fingerprint": "ab" * 32, "input_shape": [28, 28], "train": 9000},
    "interrupted": False,
    "watched": True,
    "unseen": ["loop: unseen"],
    "test": {"accuracy": 0.8125, "samples": 2000},
    "export": {"folder": "export/saved_model", "verified": True, "sha256": {"a.pb": "cd" * 32}},
    "seconds": 7.5,
}
FINDING = {
    "rule": "DEAD", "layer": "act", "severity": "warning", "epoch": 1, "step": 50, "last_step": 50,
    "evidence": {"share": 0.5}, "causes": ["a step too large"], "advice": "Do this.", "change": {}, "closed": False,
}  # fmt: skip
RECORD = {"schema": 1, "step": 50, "epoch": 1, "loss": 2.0, "nonfinite": None, "layers": {"head": {"kernel_rms": 0.1}}}


@pytest.fixture
def run(tmp_path: Path) -> Path:
    folder = tmp_path / "run"
    (folder / "health_units").mkdir(parents=True)
    config = load_config("quickstart")
    (folder / "config.yaml").write_text("# what was asked\nseed: 7\n")
    (folder / "config.resolved.yaml").write_text(config.yaml())
    (folder / "environment.json").write_text(json.dumps(ENVIRONMENT))
    (folder / "metrics.jsonl").write_text('{"epoch": 1, "loss": 0.625, "learning_rate": 0.01, "seconds": 1.0}\n')
    (folder / "health.jsonl").write_text(json.dumps(RECORD) + "\n")
    (folder / "findings.json").write_text(json.dumps([FINDING]))
    shares: dict[str, Any] = {"active/act": np.array([0.0, 1.0])}
    np.savez(folder / "health_units" / "00000050.npz", **shares)
    return folder


def test_a_folder_tells_its_whole_story(run: Path) -> None:
    page = write_run_report(run / "report.html", folder=run).read_text(encoding="utf-8")
    for words in (
        "<h1>tiny</h1>", "1 epoch in 7.5 s, fused mode (no convolution).", "# what was asked\nseed: 7\n",
        "<dt>test accuracy</dt><dd>0.8125</dd>", "<dt>training loss</dt><dd>0.625</dd>",
        "<dt>data fingerprint</dt><dd>" + "ab" * 32, "<dt>input shape</dt><dd>28, 28</dd>",
        "<dt>versions.keras</dt><dd>3.15.1</dd>", "<dt>folder</dt><dd>export/saved_model</dd>", "Do this.",
        "a step too large", "loop: unseen", "Active shares of 2 units in 1 layer; 1 dead.",
    ):  # fmt: skip
        assert words in page
    assert "cd" * 32 not in page


def test_a_run_that_stopped_early_is_told_as_far_as_it_went(run: Path) -> None:
    short = {name: value for name, value in ENVIRONMENT.items() if name not in ("test", "export", "seconds", "unseen")}
    (run / "environment.json").write_text(json.dumps(short | {"interrupted": True}))
    for name in ("metrics.jsonl", "health.jsonl", "health_units/00000050.npz"):
        (run / name).unlink()
    page = write_run_report(run / "report.html", folder=run).read_text(encoding="utf-8")
    assert "0 epochs, fused mode (no convolution), interrupted." in page
    assert "No epoch was finished." in page and "Nothing was exported." in page


@pytest.mark.parametrize("line", ["[]", "{}", '{"step": 1, "epoch": 1, "layers": []}', '{"layers": {}, "epoch": 1}'])
def test_a_line_that_is_no_check_is_named(run: Path, line: str) -> None:
    (run / "health.jsonl").write_text(f"{json.dumps(RECORD)}\n{line}\n")
    with pytest.raises(ArtefactError, match=r"health.jsonl must hold one check a line. Received: line 2, which is no"):
        write_run_report(run / "report.html", folder=run)
    assert not (run / "report.html").exists()


def test_damaged_shares_are_named(run: Path) -> None:
    (run / "health_units" / "00000050.npz").write_bytes(b"PK")
    with pytest.raises(ArtefactError, match=r"Expected active shares of units in 00000050.npz"):
        write_run_report(run / "report.html", folder=run)


def test_a_folder_without_a_run_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="Expected a run folder"):
        write_run_report(tmp_path / "report.html", folder=tmp_path)
