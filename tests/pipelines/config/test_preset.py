"""Presets stand under everything else, and each is a whole default table."""

from pathlib import Path

import pytest

from piste.pipelines.asked import asked_yaml
from piste.pipelines.config.config import Config
from piste.pipelines.config.lint.lint import lint
from piste.pipelines.config.load import load_config
from piste.pipelines.config.preset import presets
from piste.pipelines.config.problems import ConfigProblems

NET = "data: {source: embedded}\nmodel: {type: mlp, hidden: [20, 20]}\n"


def config_of(folder: Path, text: str, *overrides: str) -> Config:
    (folder / "net.yaml").write_text(text)
    return load_config(folder / "net.yaml", overrides)


@pytest.mark.parametrize("name", presets())
def test_every_preset_is_a_valid_config_without_warnings(tmp_path: Path, name: str) -> None:
    config = config_of(tmp_path, f"preset: {name}\n{NET}", "training.epochs=30")
    assert lint(config) == ()


def test_the_tables_of_the_book(tmp_path: Path) -> None:
    config = config_of(tmp_path, f"preset: chapter11-default-3e-deep\n{NET}")
    assert (config.value("model.activation"), config.value("model.initializer")) == ("silu", "he_normal")
    assert config.value("model.batch_norm.position") == "before"
    optimizer = config.training.optimizer
    assert (optimizer.type, optimizer.arguments["nesterov"]) == ("sgd", True)
    assert config.training.schedule is not None and config.training.schedule.type == "performance"
    assert config.training.early_stopping is not None
    snn = config_of(tmp_path, f"preset: chapter11-self-normalizing-2e\n{NET}")
    assert (snn.data.scale, snn.value("model.activation"), snn.value("model.initializer")) == (
        "standardize",
        "selu",
        "lecun_normal",
    )
    assert snn.value("model.batch_norm") is None and snn.value("model.dropout") == 0


def test_the_file_and_overrides_stand_over_it(tmp_path: Path) -> None:
    text = f"preset: chapter11-default-1e\n{NET}training: {{optimizer: {{learning_rate: 0.5}}}}\n"
    config = config_of(tmp_path, text, "model.dropout=0.1")
    assert config.training.optimizer.arguments == {"learning_rate": 0.5, "momentum": 0.9, "nesterov": True}
    assert (config.value("model.dropout"), config.value("model.activation")) == (0.1, "elu")
    assert str(config.origin("model.activation")).endswith("presets/chapter11-default-1e.yaml:2:21")
    assert str(config.origin("model.dropout")) == "--set 1"


def test_a_base_may_choose_it_and_an_override_another(tmp_path: Path) -> None:
    (tmp_path / "base.yaml").write_text(f"preset: chapter11-default-2e\n{NET}")
    assert config_of(tmp_path, "extends: base.yaml\n").value("model.activation") == "elu"
    assert config_of(tmp_path, "extends: base.yaml\npreset: chapter11-default-3e\n").value("model.activation") == "relu"
    assert config_of(tmp_path, "extends: base.yaml\npreset: null\n").training.early_stopping is None
    chosen = config_of(tmp_path, "extends: base.yaml\n", "model.hidden=[5]", "preset=chapter11-default-3e-deep")
    assert (chosen.value("model.activation"), chosen.value("model.hidden")) == ("silu", [5])


def test_what_was_asked_holds_the_preset(tmp_path: Path) -> None:
    config = config_of(tmp_path, f"preset: chapter11-default-3e\n{NET}")
    (tmp_path / "asked.yaml").write_text(asked_yaml(config))
    assert load_config(tmp_path / "asked.yaml") == config


@pytest.mark.parametrize("value", ["chapter11-defualt-3e", "[a]"])
def test_unknown_presets(tmp_path: Path, value: str) -> None:
    with pytest.raises(ConfigProblems, match=r"`preset` must be one of chapter11-default-1e, .* Received: ") as error:
        config_of(tmp_path, f"preset: {value}\nseed: x\n{NET}")
    said = str(error.value)
    assert "`seed` must be an integer" in said, "all errors come at once"
    assert ("Did you mean `chapter11-default-3e`?" in said) == (value != "[a]")
