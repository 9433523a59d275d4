"""The zoo's table: the page is that of the kept files, and says what they say."""

import json
from pathlib import Path
from typing import Any

import pytest

from benchmarks.zoo import __main__ as zoo
from benchmarks.zoo.__main__ import DOCS
from benchmarks.zoo.page import page
from benchmarks.zoo.rows import ROWS, Row
from benchmarks.zoo.stored import Result, results
from piste.pipelines.config.load import load_config

ROW = Row("fashion_mnist/lenet_5", "elu", (1, 2, 3))
KEPT = sorted(path.name for path in (DOCS / "zoo").glob("[!.]*"))


def result(seed: int, accuracy: float, reached: tuple[float, ...], findings: tuple[str, ...] = ()) -> Result:
    facts = {
        "commit": "abc", "cpu_seconds": 1800, "test": {"accuracy": accuracy}, "parameters": 12_345, "flops": 2_500_000,
        "saved_model_bytes": 1_500_000, "latency_ms": {"1": 0.5, "256": 8.0 + seed},
    }  # fmt: skip
    health = {"depth_score": -1.25, "dead_share": 0.125, "update_ratio": 0.002}
    epochs = [{"epoch": n, "val_accuracy": value, "seconds": float(n), **health} for n, value in enumerate(reached, 1)]
    return Result(seed, facts, epochs, list(findings))


def line_of(text: str, nth: int) -> list[str]:
    lines = [line for line in text.splitlines() if line.startswith("| `lenet_5-elu` |")]
    return [cell.strip() for cell in lines[nth].strip("|").split("|")][1:]


def test_what_a_line_says() -> None:
    found = [result(1, 0.90, (0.5, 0.88, 0.9)), result(2, 0.92, (0.5, 0.6, 0.7), ("DEAD",))]
    text = page({ROW: found, ROWS[0]: []})
    assert line_of(text, 0) == [
        "0.9100 (0.9000 to 0.9200)", "2", "12,345", "2.5 M", "3", "2.0", "1.00", "1.50 MB", "0.50 / 9.50", "`abc`",
    ]  # fmt: skip
    assert line_of(text, 1) == ["-1.25", "12.5 %", "2.0e-03", "2, never", "DEAD"]
    assert "All of it took 1.0 hours of CPU time." in text
    assert "Not trained yet, with their seeds: `lenet_5-elu` 3; `mlp_batch_norm-relu` 42, 43, 44." in text


def test_open_findings_alone_are_told(tmp_path: Path) -> None:
    folder = tmp_path / ROW.run(1)
    folder.mkdir()
    kinds = [("DEAD", "warning", False), ("QUIET", "info", False), ("EXPLODING", "critical", True)]
    findings = [{"rule": rule, "severity": severity, "closed": closed} for rule, severity, closed in kinds]
    (folder / "findings.json").write_text(json.dumps(findings))
    (folder / "metrics.jsonl").write_text('{"epoch": 1}\n{"epoch": 2}\n')
    (folder / "zoo.json").write_text('{"commit": "abc"}')
    (found,) = results(ROW, tmp_path)
    assert (found.findings, len(found.epochs), found.facts["commit"]) == (["DEAD"], 2, "abc")


def test_the_page_is_that_of_the_kept_files() -> None:
    assert (DOCS / "zoo.md").read_text("utf-8") == page({row: results(row, DOCS / "zoo") for row in ROWS})


def test_every_kept_run_is_of_the_table() -> None:
    assert set(KEPT) <= {row.run(seed) for row in ROWS for seed in row.seeds}


@pytest.mark.parametrize("name", KEPT)
def test_a_kept_run_is_the_shipped_config_on_all_images(name: str) -> None:
    row, seed = next((row, seed) for row in ROWS for seed in row.seeds if row.run(seed) == name)
    kept = load_config(DOCS / "zoo" / name / "config.resolved.yaml").dump()
    shipped = load_config(row.config, row.overrides(seed, kept["data"]["directory"])).dump()
    assert kept == shipped
    facts: dict[str, Any] = json.loads((DOCS / "zoo" / name / "zoo.json").read_text("utf-8"))
    assert facts["test"]["samples"] == 10_000 and len(facts["commit"]) == 12


@pytest.mark.parametrize(
    ("name", "least"),
    [("mlp_batch_norm-relu", 0.895), ("lenet_5-relu", 0.905), ("resnet_8-relu", 0.925), ("resnet_20-relu", 0.935)],
)
def test_the_zoo_reaches_what_it_is_meant_to(name: str, least: float) -> None:
    row = next(row for row in ROWS if row.name == name)
    found = results(row, DOCS / "zoo")
    assert {result.seed for result in found} == set(row.seeds)
    assert min(result.accuracy for result in found) >= least


def test_a_line_says_how_it_is_trained_again(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    trained: list[tuple[str, int]] = []
    monkeypatch.setattr(zoo, "DOCS", tmp_path)
    monkeypatch.setattr(zoo, "clean_commit", lambda: "0" * 12)
    monkeypatch.setattr(zoo, "train", lambda row, seed, *_: trained.append((row.name, seed)))
    (command,) = (line for line in (DOCS / "zoo.md").read_text("utf-8").splitlines() if line.startswith("$ "))
    for row in ROWS:
        trained.clear()
        words = command.replace("resnet_8-relu", row.name).split()[4:]
        monkeypatch.setattr("sys.argv", ["zoo", *words])
        assert zoo.main() == 0
        assert trained == [(row.name, seed) for seed in row.seeds]
