"""A table from its file to what is served: trained, evaluated, exported with raw columns."""

import json
from typing import Any

import numpy as np
import pytest
import tensorflow as tf

from piste.pipelines.config.load import load_config
from piste.pipelines.data.table import Table
from piste.pipelines.evaluate_run import evaluate_run
from piste.pipelines.export.columns import decoded
from piste.pipelines.export.verify import Exported, judge
from piste.pipelines.predict.predict import predict
from piste.pipelines.run import Run
from piste.pipelines.train import train

CONFIG = """seed: 1
data:
  source: csv
  path: %s
  target: bought
  missing: median
  missing_values: ["?"]
  test: {fraction: 0.2}
  batch_size: 16
model: {type: mlp, hidden: [8]}
training: {epochs: 12, optimizer: {type: adam, learning_rate: 0.03}}
"""


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Who is older than 40 or lives in Rome has bought it; ages and towns are missing here and there."""
    folder, rng = tmp_path_factory.mktemp("table"), np.random.default_rng(0)
    lines = ["age,home town,bought"]
    for index in range(300):
        age, town = int(rng.integers(18, 70)), ["Rome", "Oslo", "Lima"][int(rng.integers(3))]
        bought = "yes" if age > 40 or town == "Rome" else "no"
        lines.append(f"{'' if index % 50 == 7 else age},{'?' if index % 50 == 9 else town},{bought}")
    (folder / "shop.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (folder / "net.yaml").write_text(CONFIG % (folder / "shop.csv"), encoding="utf-8")
    return train(load_config(folder / "net.yaml"), folder / "run")


def test_it_learns(run: Run) -> None:
    assert run.environment["test"]["accuracy"] > 0.85
    assert evaluate_run(run.folder)["accuracy"] == run.environment["test"]["accuracy"]


def test_the_run_folder_says_what_the_columns_mean(run: Run) -> None:
    table = json.loads((run.folder / "environment.json").read_text())["data"]["table"]
    age, town = table["columns"]
    assert (age["name"], age["vocabulary"], town["vocabulary"]) == ("age", None, ["", "Lima", "Oslo", "Rome"])
    assert 30 < age["fill"] < 60 and table["missing_values"] == ["?"]


def serve(run: Run, ages: list[float], towns: list[str]) -> Any:
    loaded = tf.saved_model.load(str(run.folder / "export" / "saved_model" / "1"))
    answers = loaded.signatures["columns"](age=tf.constant(ages), home_town=tf.constant(towns))
    return {name: values.numpy() for name, values in answers.items()}


def test_the_export_takes_raw_columns(run: Run) -> None:
    fill = run.environment["data"]["table"]["columns"][0]["fill"]
    answers = serve(run, [65.0, 20.0, np.nan, 20.0, 30.0], ["Oslo", " Rome ", "Lima", "?", "Atlantis"])
    # Encoded by hand: the vocabulary is "", Lima, Oslo, Rome.
    rows = np.array([[65, 3], [20, 4], [fill, 2], [20, 1], [30, 0]], "float32")
    expected = run.model().predict(rows, verbose=0)
    np.testing.assert_allclose(answers["probabilities"], expected, atol=1e-6)
    assert answers["class_name"].tolist()[:2] == [b"yes", b"yes"]
    assert 0 <= run.environment["export"]["columns_difference"] < 1e-5


def test_raw_columns_are_compared_in_a_clean_process(run: Run) -> None:
    table = Table.of_facts(run.environment["data"]["table"])
    folder = run.folder / "export" / "saved_model" / "1"
    rows = np.array([[65, 3], [20, 4], [20, 1], [20, 0]], "float32")
    right, classes = run.model().predict(rows, verbose=0), run.environment["data"]["classes"]
    same, other = ({**decoded(table, rows), **more} for more in ({}, {"age": np.array([20, 65, 1, 2], "float32")}))
    assert same["home_town"].tolist() == ["Oslo", "Rome", "", "??"]  # "?" means that it is missing
    exports = [
        Exported(folder, right, rows, classes, columns=columns) for columns in (same, other, {"age": same["age"]})
    ]
    good, moved, missing = judge(exports)
    assert isinstance(good, dict) and good["columns_difference"] < 1e-5
    assert isinstance(moved, str) and moved.startswith("Its probabilities of raw columns must equal the model's")
    assert isinstance(missing, str) and "home_town" in missing


@pytest.mark.parametrize("name", ["new.csv", "new.tsv"])
def test_predictions_take_files_of_raw_columns(run: Run, name: str) -> None:
    file = run.folder / name
    file.write_text("home town,age\nOslo,65\n Rome ,20\nAtlantis,\n", encoding="utf-8")
    fill = run.environment["data"]["table"]["columns"][0]["fill"]
    # Encoded by hand: the vocabulary is "", Lima, Oslo, Rome, and a town that was not there is 0.
    expected = run.model().predict(np.array([[65, 3], [20, 4], [fill, 0]], "float32"), verbose=0)
    (lines,) = predict(run.folder, file)
    (served,) = predict(run.folder / "export/saved_model", file)
    assert served == [pytest.approx(line, abs=1e-6) for line in lines]
    assert [line["probability"] for line in lines] == pytest.approx(expected.max(axis=1), abs=1e-6)
    assert [line["label"] for line in lines[:2]] == ["yes", "yes"]
