"""The model card: every number from the run's files, and nothing that nobody measured."""

import json
from pathlib import Path
from typing import Any

import pytest

from piste.pipelines.card.markdown import cell, table
from piste.pipelines.config.load import load_config
from piste.pipelines.run import Run

ENVIRONMENT: dict[str, Any] = {
    "config": "tiny",
    "versions": {"piste": "0.1.0", "keras": "3.15.1"},
    "platform": "Linux-6",
    "device": "CPU",
    "cores": 2,
    "mode": "fused",
    "mode_reason": "no convolution",
    "seed": 7,
    "data": {
        "name": "fashion_mnist", "task": "classification", "fingerprint": "ab" * 32, "input_shape": [28, 28],
        "input_dtype": "uint8", "outputs": 2, "classes": ["a|b", "c"], "train": 9000, "validation": 1000, "test": 0,
    },
    "interrupted": False,
    "parameters": {"total": 1234, "trainable": 1000},
    "training_seconds": 75.2,
    "test": {"accuracy": 0.8125, "loss": 0.25, "samples": 2000},
}  # fmt: skip
EXPORT: dict[str, Any] = {
    "format": "onnx", "quantize": None, "file": "model.onnx", "cores": 2, "verified": True, "bytes": 12345,
    "samples": 64, "max_abs_difference": 1.2e-7, "tolerance": {"relative": 1e-4, "absolute": 1e-5},
    "latency_ms": {"1": 0.1234, "256": 2.5},
}  # fmt: skip
FINDING = {
    "rule": "DEAD", "layer": "act", "severity": "warning", "epoch": 1, "step": 50, "last_step": 50,
    "evidence": {}, "causes": [], "advice": "Do\nthis.", "change": {}, "closed": False,
}  # fmt: skip


def write_run(folder: Path, findings: list[dict[str, Any]], *overrides: str) -> Run:
    (folder / "export" / "onnx").mkdir(parents=True)
    config = load_config("quickstart", overrides)
    (folder / "config.yaml").write_text("# what was asked\nseed: 7\n")
    (folder / "config.resolved.yaml").write_text(config.yaml())
    (folder / "environment.json").write_text(json.dumps(ENVIRONMENT))
    (folder / "metrics.jsonl").write_text(
        '{"epoch": 1, "loss": 0.625, "val_loss": 0.5, "learning_rate": 0.01, "grad_norm": 9}\n'
    )
    (folder / "health.jsonl").write_text('{"step": 50, "epoch": 1, "layers": {}}\n')
    (folder / "findings.json").write_text(json.dumps(findings))
    return Run.open(folder)


def test_the_card_says_what_the_files_say(tmp_path: Path) -> None:
    run = write_run(tmp_path, [FINDING, FINDING | {"rule": "STUCK_SLOPE", "closed": True}])
    (tmp_path / "export" / "onnx" / "export.json").write_text(json.dumps(EXPORT))
    assert run.card() == tmp_path / "model_card.md"
    text = run.card().read_text("utf-8")
    for words in (
        "# tiny\n\nA model of type `mlp` with 1,234 parameters (1,000 trainable). It tells 2 classes apart, from raw "
        "inputs of shape 28 x 28, uint8. It was trained on `fashion_mnist` for 1 epoch in 75.2 s.",
        "|  | training | validation | test |\n| --- | --- | --- | --- |\n| loss | 0.625 | 0.5 | 0.25 |\n"
        "| accuracy |  |  | 0.8125 |",
        "| samples | 9,000 train, 1,000 validation |",
        "| classes, by index | a\\|b, c |",
        f"| fingerprint | `{'ab' * 32}` |",
        "| licence | MIT, Zalando SE (Fashion-MNIST) |",
        "1 check in training. Found, and not cured by the end:\n\n- **DEAD** (warning) at `act`: Do this.\n",
        "| `export/onnx` | 12 kB | 64 samples | 1.2e-07 | 1e-05 + 0.0001 x value | 0.123 ms | 2.5 ms |",
        'onnxruntime.InferenceSession("export/onnx/model.onnx")',
        "`samples` are an array (n, 28, 28) of uint8.",
        "| versions | piste 0.1.0, keras 3.15.1 |",
        "```yaml\nseed: 7\n```",
    ):
        assert words in text, words
    assert "STUCK_SLOPE" not in text and "None " not in text


def test_what_was_not_measured_is_said(tmp_path: Path) -> None:
    run = write_run(tmp_path, [], "health=false", "data={source: npz, path: x.npz}")
    (tmp_path / "metrics.jsonl").unlink()
    del run.environment["parameters"], run.environment["test"]
    text = run.card().read_text("utf-8")
    assert "A model of type `mlp`. It tells" in text and "None were recorded." in text
    assert "No monitor was on, so nothing is known of gradients and units." in text
    assert "Nothing was exported." in text
    assert "| licence | not recorded; ask where the data come from |" in text


def test_a_table_holds_any_text() -> None:
    assert cell("a |\n b") == "a \\| b"
    assert table(("x",), [("1\n2",)]) == "| x |\n| --- |\n| 1 2 |"


@pytest.mark.parametrize("source", ["{source: synthetic, kind: circles}"])
def test_drawn_data_have_no_licence(tmp_path: Path, source: str) -> None:
    text = write_run(tmp_path, [], f"data={source}").card().read_text("utf-8")
    assert "| licence | none: drawn by a seeded law |" in text
