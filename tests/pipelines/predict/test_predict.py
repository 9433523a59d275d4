"""`piste predict` from a run and from its SavedModel: the same lines, and errors with their codes."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from piste.cli import main
from piste.pipelines.config.load import load_config
from piste.pipelines.data.load import load_data
from piste.pipelines.run import Run
from piste.pipelines.train import train

CONFIG = """seed: 3
data: {source: npz, path: some.npz, x_test: null, y_test: null, scale: unit, classes: [none, some, more]}
model: {type: mlp, hidden: [4], dropout: 0.5}
training: {epochs: 1}
health: false
export: {verify: false}
"""
NUMBERS = "data={source: synthetic, kind: regression, samples: 40, features: 3}"
LABELS = ["data.path=labels.npz", "data.task=multilabel", "data.classes=[odd, third]"]
PIXELS = np.random.default_rng(0).integers(0, 256, (40, 4, 5), dtype=np.uint8)
Captured = pytest.CaptureFixture[str]


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("predict")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        Path("net.yaml").write_text(CONFIG, encoding="utf-8")
        np.savez("some.npz", x_train=PIXELS, y_train=np.arange(40) % 3)
        np.save("x.npy", PIXELS[:5])
        train(load_config("net.yaml"), Path("run"))
        two = ["model.head=sigmoid", "model.dropout=0.0", "data.select.classes=[none, more]", "data.classes=null"]
        train(load_config("net.yaml", [*two[:2], "data.select={classes: [none, more]}"]), Path("two"))
        np.savez("labels.npz", x_train=PIXELS, y_train=np.stack([np.arange(40) % 2, np.arange(40) % 3 == 0], axis=1))
        train(load_config("net.yaml", LABELS), Path("labels"))
        train(load_config("net.yaml", [NUMBERS, "model.dropout=0.5"]), Path("numbers"))
    return folder


@pytest.fixture(autouse=True)
def _copy(trained: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(trained, tmp_path / "copy")
    monkeypatch.chdir(tmp_path / "copy")


def _lines(capsys: Captured, *arguments: str) -> list[dict[str, Any]]:
    assert main(["predict", *arguments]) == 0, capsys.readouterr().err
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def _refused(code: int, words: str, capsys: Captured, *arguments: str) -> None:
    assert main(["predict", *arguments]) == code
    captured = capsys.readouterr()
    assert words in captured.err and captured.out == "" and "Traceback" not in captured.err


def test_the_lines_are_the_models_outputs(capsys: Captured) -> None:
    outputs = Run.open("run").model().predict(PIXELS[:5], verbose=0)
    names = ["none", "some", "more"]
    for model in ("run", "run/export/saved_model", "run/export/saved_model/1"):
        lines = _lines(capsys, model, "x.npy", "--batch-size", "2")
        assert [line["index"] for line in lines] == [0, 1, 2, 3, 4]
        assert [line["label"] for line in lines] == [names[i] for i in outputs.argmax(axis=1)]
        assert [line["class_index"] for line in lines] == outputs.argmax(axis=1).tolist()
        assert [line["probability"] for line in lines] == pytest.approx(outputs.max(axis=1).tolist(), abs=1e-5)
        assert set(lines[0]) == {"index", "label", "class_index", "probability"}


def test_one_sigmoid_unit(capsys: Captured) -> None:
    outputs = Run.open("two").model().predict(PIXELS[:5], verbose=0)[:, 0]
    lines = _lines(capsys, "two", "x.npy")
    assert [line["label"] for line in lines] == ["more" if p > 0.5 else "none" for p in outputs]
    assert [line["probability"] for line in lines] == pytest.approx([max(p, 1 - p) for p in outputs.tolist()], abs=1e-6)
    assert lines == [pytest.approx(line, abs=1e-5) for line in _lines(capsys, "two/export/saved_model", "x.npy")]


def test_several_labels_have_their_names(capsys: Captured) -> None:
    outputs = Run.open("labels").model().predict(PIXELS[:5], verbose=0).tolist()
    for model in ("labels", "labels/export/saved_model", "labels/export/saved_model/1"):
        lines = _lines(capsys, model, "x.npy")
        assert lines == [
            {"index": index, "probabilities": pytest.approx({"odd": odd, "third": third}, abs=1e-5)}
            for index, (odd, third) in enumerate(outputs)
        ]
    dropped = _lines(capsys, "labels", "x.npy", "--mc-samples", "8")
    assert all(set(line["std"]) == {"odd", "third"} and line["std"]["odd"] > 0 for line in dropped)


LABELLED = '{"task": "multilabel", "classes": %s}'


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ('{"task":', "Received: Invalid JSON: EOF"),
        ("[" * 100_000, "Received: Invalid JSON: recursion limit"),
        ("[]", "Received: Input should be an object"),
        (LABELLED % 7, "Received: classes: Input should be a valid array"),
        (LABELLED % '["odd"]', "must name each output. Received: 1 names"),
        ('{"table": {}}', "Received: table.columns: Field required"),
        (
            '{"table": {"columns": [{"name": "a"}], "missing_values": [], "delimiter": ";;"}}',
            "Received: table.delimiter: String should have at most 1 character",
        ),
        ('{"images": {"size": [1]}}', "Received: images.interpolation: Field required"),
        (
            '{"images": {"interpolation": "best", "fit": "pad"}}',
            "Received: images.interpolation: Input should be 'near",
        ),
        ('{"images": {"interpolation": "box", "fit": "best"}}', "Received: images.fit: Input should be 'stretch'"),
    ],
)
def test_an_export_whose_facts_were_damaged(facts: str, words: str, capsys: Captured) -> None:
    Path("labels/export/saved_model/1/assets.extra/export.json").write_text(facts)
    _refused(5, words, capsys, "labels/export/saved_model", "x.npy")


def test_an_export_without_facts_gives_numbers(capsys: Captured) -> None:
    Path("labels/export/saved_model/1/assets.extra/export.json").write_text("{}")
    assert {tuple(line) for line in _lines(capsys, "labels/export/saved_model", "x.npy")} == {("index", "value")}


def test_numbers_from_rows(capsys: Captured) -> None:
    rows = np.array([[0.5, -0.25, 1.0], [0.0, 0.0, 0.0]], np.float32)
    Path("rows.csv").write_text("a,b,c\n0.5,-0.25,1\n0,0,0\n")
    outputs = Run.open("numbers").model().predict(rows, verbose=0)[:, 0].tolist()
    lines = _lines(capsys, "numbers", "rows.csv")
    assert [line["value"] for line in lines] == pytest.approx(outputs, abs=1e-6)
    dropped = _lines(capsys, "numbers", "rows.csv", "--mc-samples", "8")
    assert all(line["std"] > 0 for line in dropped) and set(dropped[0]) == {"index", "value", "std"}


def test_monte_carlo_dropout_has_mean_and_std(capsys: Captured) -> None:
    from piste.models.mc_dropout import mc_dropout

    copy = mc_dropout(Run.open("run").model(), seed=3)
    passes = np.stack([copy.predict_on_batch(PIXELS[:5]) for _ in range(6)]).astype(float)
    mean, std = passes.mean(axis=0), passes.std(axis=0)
    lines = _lines(capsys, "run", "x.npy", "--mc-samples", "6")
    best = mean.argmax(axis=1)
    assert [line["class_index"] for line in lines] == best.tolist()
    assert [line["probability"] for line in lines] == pytest.approx(mean.max(axis=1).tolist(), rel=1e-6)
    assert [line["std"] for line in lines] == pytest.approx(std[np.arange(5), best].tolist(), rel=1e-5)


def test_images_are_named(capsys: Captured) -> None:
    Path("all").mkdir()
    Image.fromarray(PIXELS[0]).save("all/a.png")
    Image.fromarray(PIXELS[1]).save("all/b.png")
    lines = _lines(capsys, "run", "all")
    assert [line.pop("file") for line in lines] == ["a.png", "b.png"]
    assert lines == [{k: v for k, v in line.items() if k != "index"} for line in _lines(capsys, "run", "x.npy")[:2]]


def test_what_is_refused(capsys: Captured) -> None:
    np.save("wrong.npy", PIXELS[:, :, :4])
    _refused(
        4, "wrong.npy must hold samples of shape ('n', 4, 5). Received: shape (40, 4, 4).", capsys, "run", "wrong.npy"
    )
    _refused(4, "Received: gone.npy, which is not there.", capsys, "run", "gone.npy")
    _refused(2, "Expected a run folder or an export. Received: some.npz, which is", capsys, "some.npz", "x.npy")
    _refused(2, "`--batch-size` must be at least 1. Received: 0.", capsys, "run", "x.npy", "--batch-size", "0")
    _refused(2, "`--mc-samples` must be at least 2. Received: 1", capsys, "run", "x.npy", "--mc-samples", "1")
    words = "`--mc-samples` must come with a run folder. Received: run/export/saved_model; an export has no dropout."
    _refused(2, words, capsys, "run/export/saved_model", "x.npy", "--mc-samples", "9")
    words = "`--mc-samples` does not fit two: `model` must have a dropout layer"
    _refused(2, words, capsys, "two", "x.npy", "--mc-samples", "9")


def test_a_damaged_export(capsys: Captured) -> None:
    graph = Path("run/export/saved_model/1/saved_model.pb")
    graph.write_bytes(graph.read_bytes()[:100])
    _refused(
        5,
        "run/export/saved_model/1 must be a SavedModel that takes `inputs`. Received: ",
        capsys,
        "run/export/saved_model",
        "x.npy",
    )


@pytest.mark.slow
def test_a_reader_that_leaves_is_no_error() -> None:
    np.save("many.npy", np.concatenate([PIXELS] * 500))
    root = Path(__file__).parents[3]
    with subprocess.Popen(
        [sys.executable, "-m", "piste", "predict", "run", "many.npy", "--batch-size", "100"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, env={**os.environ, "PYTHONPATH": str(root)},
    ) as process:  # fmt: skip
        assert process.stdout is not None and process.stderr is not None
        json.loads(process.stdout.readline())
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 141


def test_images_are_read_as_they_were_for_training(capsys: Captured) -> None:
    """Wide images, of which training saw the middle: what is stretched or refused would not be what it learnt."""
    rng = np.random.default_rng(1)
    for index in range(8):
        Path(f"pictures/{'ab'[index % 2]}").mkdir(parents=True, exist_ok=True)
        pixels = rng.integers(0, 2**16, (6, 18), np.uint16)
        Image.fromarray(pixels).save(f"pictures/{'ab'[index % 2]}/{index}.png")
    source = "data={source: image_folder, directory: pictures, size: [6, 6], channels: 1, fit: crop, validation: null}"
    config = load_config("net.yaml", [source, "model.dropout=0.0"])
    run = train(config, Path("cropped"))
    expected = run.model().predict(load_data(config).train.x, verbose=0).max(axis=1)
    for model in ("cropped", "cropped/export/saved_model"):
        lines = _lines(capsys, model, "pictures")
        names = [f"{'ab'[index % 2]}/{index}.png" for index in (0, 2, 4, 6, 1, 3, 5, 7)]
        assert [line["file"] for line in lines] == names
        np.testing.assert_allclose([line["probability"] for line in lines], expected, atol=1e-6)
