"""`piste export`: every format of one run, refused targets, damaged weights, and what the run says of it afterwards."""

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tensorflow as tf

from piste.cli import main
from piste.pipelines.config.load import load_config
from piste.pipelines.errors import ArtefactError, DiskError
from piste.pipelines.export import write_export
from piste.pipelines.report.folder import TOLD_OF_THE_RUN
from piste.pipelines.run import Run
from piste.pipelines.train import train

CONFIG = """seed: 3
data: {source: npz, path: some.npz, x_test: null, y_test: null, scale: unit, classes: [none, "a, b"]}
model: {type: cnn, filters: [2], dense: [4], activation: smelu, head: sigmoid}
training: {epochs: 1}
health: false
export: {formats: []}
"""
OF_AN_EXPORT = {
    "folder", "format", "quantize", "bytes", "sha256", "seconds", "verified", "samples", "tolerance",
    "max_abs_difference", "latency_ms",
}  # fmt: skip
Captured = pytest.CaptureFixture[str]


def write_data(path: Path, seed: int) -> None:
    rng = np.random.default_rng(seed)
    np.savez(path, x_train=rng.integers(0, 256, (40, 8, 8), dtype=np.uint8), y_train=np.arange(40) % 2)


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("export")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        Path("net.yaml").write_text(CONFIG, encoding="utf-8")
        write_data(Path("some.npz"), 0)
        train(load_config("net.yaml"), Path("run"))
    return folder


@pytest.fixture(autouse=True)
def _copy(trained: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(trained, tmp_path / "copy")
    monkeypatch.chdir(tmp_path / "copy")


def _export(capsys: Captured, *arguments: str) -> Any:
    assert main(["export", "run", *arguments, "--json"]) == 0, capsys.readouterr().err
    return json.loads(capsys.readouterr().out)


def _refused(code: int, words: str, capsys: Captured, *arguments: str) -> None:
    assert main(["export", "run", *arguments]) == code
    captured = capsys.readouterr()
    assert words in captured.err and "Traceback" not in captured.err


def test_every_format_agrees_and_the_card_says_so(capsys: Captured) -> None:
    every = ("saved_model", "onnx", "litert", "keras")
    facts = _export(capsys, *(word for name in every for word in ("--format", name)))
    assert [fact["folder"] for fact in facts] == [
        "run/export/saved_model/1", "run/export/onnx", "run/export/litert", "run/export/keras",
    ]  # fmt: skip
    for fact in facts:
        assert fact["verified"] and fact["max_abs_difference"] < 1e-5 and fact["samples"] == 36
        assert fact["classes"] == ["none", "a, b"] and set(fact["latency_ms"]) == {"1", "256"}
        own = fact["format"] in ("saved_model", "keras")
        assert fact["tolerance"] == {"relative": 1e-4, "absolute": 1e-5 if own else 1e-4}
    run = Run.open("run")
    assert {export["folder"] for export in run.exports} == {fact["folder"].removeprefix("run/") for fact in facts}
    card = Path("run/model_card.md").read_text("utf-8")
    for name in every:
        assert f"| `export/{name}" in card
    assert "runner = Interpreter(model_path=" in card and "export/onnx" in Path("run/report.html").read_text("utf-8")
    assert not [path for path in Path("run").rglob(".unfinished-*")]
    for fact in facts:
        assert set(fact) - TOLD_OF_THE_RUN - {"file", "signature"} == OF_AN_EXPORT


@pytest.mark.slow
def test_quantised_weights_take_less_room(capsys: Captured) -> None:
    small = ["model={type: mlp, hidden: [64, 64], head: sigmoid}", "export.formats=[litert]"]
    wide = train(load_config("net.yaml", small), Path("wide"))
    sizes = {"litert": wide.exports[0]["bytes"]}
    for kind, allowed in (("float16", 0.01), ("int8", 0.1)):
        assert main(["export", "wide", "--format", "litert", "--quantize", kind]) == 0
        assert f"(allowed {allowed})" in capsys.readouterr().out
    sizes |= {export["quantize"]: export["bytes"] for export in Run.open("wide").exports if export["quantize"]}
    weights = 64 * 64 + 64 * 64
    assert 2 * weights < sizes["float16"] < 3 * weights < 4 * weights < sizes["litert"]
    assert weights < sizes["int8"] < 2 * weights


def test_a_target_that_exists_is_refused(capsys: Captured) -> None:
    Path("run/export/keras").mkdir(parents=True)
    words = "must be written to a folder that does not exist. Received: run/export/keras; remove it, or choose another"
    _refused(6, words, capsys, "--format", "keras", "--format", "saved_model")
    assert not Path("run/export/saved_model").exists()
    assert main(["export", "run", "--format", "keras", "--to", "elsewhere"]) == 0
    assert Path("elsewhere/keras/model.keras").is_file() and list(Path("run/export/keras").iterdir()) == []


def test_without_the_data_nothing_can_be_compared(capsys: Captured) -> None:
    write_data(Path("some.npz"), 1)
    _refused(4, "The data must be what run was trained on", capsys, "--format", "keras")
    assert main(["export", "run", "--format", "keras", "--no-verify"]) == 0
    assert "not compared" in capsys.readouterr().out
    assert Run.open("run").exports[0]["verified"] is False


def test_an_export_that_disagrees_is_not_kept_and_the_others_are(
    capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    def other_weights(model: Any, file: Path) -> None:
        model.set_weights([weight + 0.1 for weight in model.get_weights()])
        model.save(file)

    monkeypatch.setattr(write_export, "write_keras", other_weights)
    words = "The export keras must give what the model gives, and was not kept. Its probabilities must equal"
    _refused(5, words, capsys, "--format", "keras", "--format", "saved_model")
    assert [path.name for path in Path("run/export").iterdir()] == ["saved_model"]
    assert "export/saved_model/1" in Path("run/model_card.md").read_text("utf-8")


def test_damaged_weights(capsys: Captured) -> None:
    weights = Path("run/checkpoints/final.weights.h5")
    weights.write_bytes(weights.read_bytes()[:-1])
    _refused(5, "final.weights.h5", capsys, "--format", "keras")
    assert not Path("run/export").exists()


def test_no_run(capsys: Captured) -> None:
    assert main(["export", "nowhere"]) == 2
    assert "Expected a run folder. Received: nowhere" in capsys.readouterr().err


def _cut(model: Any, file: Path) -> None:
    file.write_bytes(b"PK")


def _full_disk(model: Any, file: Path) -> None:
    raise tf.errors.ResourceExhaustedError(None, None, "No space left on device")


@pytest.mark.parametrize(
    ("write", "error", "words"),
    [
        (_cut, ArtefactError, r"and was not kept\. Piste must load it\. Received: "),
        (_full_disk, DiskError, r"export/keras: No space left on device\. Free some space"),
    ],
)
def test_an_export_that_fails_costs_a_run_nothing_else(
    write: Any, error: type[Exception], words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(write_export, "write_keras", write)
    with pytest.raises(error, match=words):
        train(load_config("net.yaml", ["export.formats=[keras]"]), Path("failed"))
    run = Run.open("failed")
    assert run.exports == [] and not run.environment["interrupted"] and run.model().count_params() > 0
    assert "Nothing was exported." in Path("failed/model_card.md").read_text("utf-8")
    assert Path("failed/report.html").is_file()


@pytest.mark.slow
@pytest.mark.parametrize("precision", ["mixed_float16", "mixed_bfloat16"])
def test_mixed_precision_is_exported_in_float32_where_a_format_lacks_it(precision: str) -> None:
    every = "export.formats=[saved_model, onnx, litert, keras]"
    run = train(load_config("net.yaml", [f"runtime.precision={precision}", every]), Path("mixed"))
    facts = {export["format"]: export for export in run.exports}
    assert set(facts) == {"saved_model", "onnx", "litert", "keras"}
    assert all(fact["tolerance"]["absolute"] >= 1e-3 for fact in facts.values())
    assert facts["onnx"]["max_abs_difference"] > 1e-6  # the model rounds hidden values, and the file does not
