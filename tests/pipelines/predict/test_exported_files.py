"""`piste predict` from ONNX, LiteRT and `.keras` files: the lines of the run they came from."""

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
data: {source: npz, path: some.npz, x_test: null, y_test: null, scale: unit, classes: [none, some]}
model: {type: cnn, filters: [2], dense: [4], activation: smelu, head: sigmoid}
training: {epochs: 1}
health: false
export: {formats: [onnx, litert, keras], verify: false}
"""
TABLE = ["data={source: csv, path: some.csv, target: big, delimiter: ';'}", "model={type: mlp, hidden: [4]}"]
FORMATS = ("onnx", "litert", "keras")
PIXELS = np.random.default_rng(0).integers(0, 256, (40, 8, 8), dtype=np.uint8)
Captured = pytest.CaptureFixture[str]


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("exported")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        Path("net.yaml").write_text(CONFIG, encoding="utf-8")
        np.savez("some.npz", x_train=PIXELS, y_train=np.arange(40) % 2)
        np.save("x.npy", PIXELS[:5])
        rows = [f"{n};{'red' if n % 3 else ''};{'yes' if n > 20 else 'no'}" for n in range(40)]
        Path("some.csv").write_text("\n".join(["size;colour;big", *rows]) + "\n", encoding="utf-8")
        train(load_config("net.yaml"), Path("run"))
        train(load_config("net.yaml", TABLE), Path("table"))
    return folder


@pytest.fixture(autouse=True)
def _copy(trained: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(trained, tmp_path / "copy")
    monkeypatch.chdir(tmp_path / "copy")


def lines(capsys: Captured, *arguments: str) -> list[Any]:
    assert main(["predict", *arguments]) == 0, capsys.readouterr().err
    captured = capsys.readouterr()
    assert captured.err == ""
    return [json.loads(line) for line in captured.out.splitlines()]


def near(lines: list[Any]) -> list[Any]:
    return [pytest.approx(line, abs=1e-4) for line in lines]


@pytest.mark.parametrize("kind", FORMATS)
def test_a_file_gives_the_lines_of_its_run(kind: str, capsys: Captured) -> None:
    (file,) = (path for path in Path("run/export", kind).iterdir() if path.name.startswith("model."))
    expected = near(lines(capsys, "run", "x.npy"))
    assert len(expected) == 5
    assert lines(capsys, f"run/export/{kind}", "x.npy") == expected
    assert lines(capsys, str(file), "x.npy") == expected


@pytest.mark.parametrize("kind", FORMATS)
def test_raw_columns_are_encoded_as_for_training(kind: str, capsys: Captured) -> None:
    Path("new.csv").write_text("size;colour\n30;red\n3;\n20;blue\n", encoding="utf-8")
    expected = near(lines(capsys, "table", "new.csv"))
    assert len(expected) == 3 and lines(capsys, f"table/export/{kind}", "new.csv") == expected


@pytest.mark.parametrize("kind", FORMATS)
def test_a_damaged_file_is_told(kind: str, capsys: Captured) -> None:
    (file,) = (path for path in Path("run/export", kind).iterdir() if path.name.startswith("model."))
    file.write_bytes(file.read_bytes()[:200])
    assert main(["predict", str(file), "x.npy"]) == 5
    captured = capsys.readouterr()
    assert f"{file} must be a model that takes what export.json says. Received: " in captured.err
    assert "Traceback" not in captured.err and captured.out == ""


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"input": None}, "must say what the model takes. Received: no `input`; export the run again."),
        ({"input": {"dtype": "uint8", "shape": [None, 7, 8]}}, "takes what export.json says. Received: "),
        ({"input": {"dtype": "pixels", "shape": [None, 8, 8]}}, "takes what export.json says. Received: "),
        ({"input": {"dtype": "uint8", "shape": [None, -8]}}, "Received: input.shape.1: Input should be greater"),
        ({"classes": ["none", "some", "all"]}, "must name each output. Received: 3 names; export the run again."),
    ],
)
def test_facts_that_were_damaged(change: dict[str, Any], words: str, capsys: Captured) -> None:
    about = Path("run/export/onnx/export.json")
    about.write_text(json.dumps(json.loads(about.read_text()) | change))
    assert main(["predict", "run/export/onnx", "x.npy"]) == 5
    assert words in capsys.readouterr().err


def test_passes_with_dropout_need_the_run(capsys: Captured) -> None:
    assert main(["predict", "run/export/onnx", "x.npy", "--mc-samples", "3"]) == 2
    assert "`--mc-samples` must come with a run folder." in capsys.readouterr().err
