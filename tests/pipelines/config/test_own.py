"""Models and sources that a process registered are named in configs like any other."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import piste
from piste.models import zoo
from piste.pipelines.config.json_schema import json_schema
from piste.pipelines.config.problems import ConfigProblems
from piste.pipelines.data import register
from piste.pipelines.data.load import load_data
from piste.pipelines.errors import DataError

TEXT = """\
data: {source: stripes, rows: 40, batch_size: 8}
model: {type: narrow, width: 5, activation: {type: elu, alpha: 0.5}}
training: {epochs: 1}
"""


def narrow(x: Any, *, outputs: int, task: str, seed: int, width: int = 3, activation: Any = "relu") -> Any:
    import keras

    from piste.models.activations.realise import layer

    h = keras.layers.Dense(width, name="hidden")(keras.layers.Flatten()(x))
    return keras.layers.Dense(outputs, activation="softmax")(layer(activation, name="hidden_act")(h))


def stripes(rows: int = 20, test: bool = False) -> Any:
    x = np.arange(rows * 4, dtype="float32").reshape(rows, 4)
    pair = x, np.arange(rows) % 2
    return (pair, pair) if test else pair


@pytest.fixture(autouse=True)
def registered() -> Iterator[None]:
    piste.register_model("narrow", narrow, summary="One thin layer")
    piste.register_source("stripes", stripes)
    yield
    zoo._BY_NAME.pop("narrow", None)
    register._BY_NAME.clear()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "own.yaml"
    path.write_text(TEXT)
    return path


def test_arguments_reach_the_functions(file: Path) -> None:
    config = piste.load_config(file)
    data = load_data(config)
    assert (len(data.train.x), len(data.validation.x if data.validation else ()), data.test) == (36, 4, None)
    model = piste.build(config, data)
    assert model.get_layer("hidden").units == 5
    assert model.get_layer("hidden_act").alpha == 0.5
    assert str(config.origin("model.width")) == f"{file}:2:30"


def test_what_is_not_set_keeps_the_default_of_the_function(file: Path) -> None:
    file.write_text("data: {source: stripes, test: true}\nmodel: {type: narrow}\n")
    config = piste.load_config(file)
    data = load_data(config)
    assert data.test is not None and len(data.test.x) == 20
    assert piste.build(config, data).get_layer("hidden").units == 3
    assert config.dump()["model"] == {"type": "narrow"}


def test_the_resolved_config_reads_back_equal(file: Path, tmp_path: Path) -> None:
    config = piste.load_config(file)
    assert config.dump()["model"] == {"type": "narrow", "activation": {"type": "elu", "alpha": 0.5}, "width": 5}
    (tmp_path / "again.yaml").write_text(config.yaml())
    assert piste.load_config(tmp_path / "again.yaml") == config
    assert config.value("data.rows") == 40


def test_a_run_of_ones_own_model_on_ones_own_data(file: Path, tmp_path: Path) -> None:
    run = piste.train(piste.load_config(file, ["export.verify=false"]), tmp_path / "run")
    assert len(run.history) == 1
    assert run.model().get_layer("hidden").units == 5


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("width", "widht", "`model.widht` is no argument of `narrow`. Did you mean `width`?"),
        ("rows", "row", "`data.row` is no argument of `stripes`. Did you mean `rows`?"),
        (
            "narrow",
            "narow",
            "mobilenet_v2, autoencoder, application, narrow, or give `layers`. Received: narow. Did you mean",
        ),
        ("stripes", "stripe", "tfrecord, synthetic, stripes. Received: stripe. Did you mean `stripes`?"),
        ("alpha: 0.5", "alpha: 0", "`model.activation.alpha` must be above 0"),
        ("batch_size: 8", "batch_size: 0", "`data.batch_size` must be at least 1. Received: 0."),
    ],
)
def test_misspelt_names_and_bad_values(file: Path, old: str, new: str, words: str) -> None:
    file.write_text(TEXT.replace(old, new))
    with pytest.raises(ConfigProblems) as caught:
        piste.load_config(file)
    assert words in str(caught.value)


def test_all_faults_come_at_once(file: Path) -> None:
    file.write_text(TEXT.replace("width", "widht").replace("alpha", "alhpa").replace("rows", "row"))
    with pytest.raises(ConfigProblems) as caught:
        piste.load_config(file)
    assert len(caught.value.problems) == 3


@pytest.mark.parametrize("returned", [3, (1, 2, 3)])
def test_a_source_must_return_pairs(file: Path, returned: Any) -> None:
    piste.register_source("odd", lambda: returned)
    file.write_text("data: {source: odd}\nmodel: {type: mlp}\n")
    with pytest.raises(DataError, match=r"source odd: its function must return `\(x_train, y_train\)` or a pair"):
        load_data(piste.load_config(file))


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        (("idx", stripes), ValueError, "The source `idx` is taken. Choose another name."),
        (("stripes", stripes), ValueError, "The source `stripes` is taken. Choose another name."),
        (("St", stripes), ValueError, "A source's name must be in snake case. Received: `St`."),
        (("new", 3), TypeError, "`load` must be a function. Received: 3."),
    ],
)
def test_sources_that_are_refused(arguments: Any, error: type[Exception], words: str) -> None:
    with pytest.raises(error) as caught:
        piste.register_source(*arguments)
    assert str(caught.value) == words


def test_an_unknown_task_is_refused() -> None:
    with pytest.raises(ValueError, match=r"Received: `clasification`\. Did you mean `classification`\?"):
        piste.register_source("new", stripes, task="clasification")  # type: ignore[arg-type]


def test_the_json_schema_knows_only_what_every_process_has() -> None:
    assert "narrow" not in str(json_schema())
    assert "stripes" not in str(json_schema())
