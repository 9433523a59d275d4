"""The zoo's architectures as configs name them."""

import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from piste.models.zoo import SHIPPED, find_model
from piste.pipelines.config.config import Config
from piste.pipelines.config.lint.lint import lint
from piste.pipelines.config.load import load_config
from piste.pipelines.config.problems import ConfigProblems
from piste.pipelines.config.schema.model import MODELS

Load = Callable[[str], Config]
SHARED = ("x", "outputs", "task", "seed")


@pytest.fixture
def load(tmp_path: Path) -> Load:
    def load(model: str) -> Config:
        path = tmp_path / "net.yaml"
        data = "{source: embedded, reconstruct: true}" if "autoencoder" in model else "{source: embedded}"
        path.write_text(f"data: {data}\nmodel: {{{model}}}\n")
        return load_config(path)

    return load


def test_the_zoo_and_the_schema_have_the_same_entries() -> None:
    assert list(MODELS) == [*(architecture.name for architecture in SHIPPED), "application"]


@pytest.mark.parametrize("name", [name for name in MODELS if name != "application"])
def test_a_config_has_the_arguments_and_defaults_of_its_builder(name: str, load: Load, tmp_path: Path) -> None:
    config = load(f"type: {name}")
    written = config.model.model_dump()
    parameters = inspect.signature(find_model(name).load()).parameters
    assert set(written) == set(parameters) - set(SHARED) | {"type"}
    for key, parameter in parameters.items():
        if key in SHARED:
            continue
        value = written[key]
        if key == "batch_norm" and value is not None:
            assert (value["position"], value["input"], value["output"]) == (parameter.default["position"], False, False)
        else:
            assert value == parameter.default, key
    (tmp_path / "again.yaml").write_text(config.yaml())
    assert load_config(tmp_path / "again.yaml") == config


@pytest.mark.parametrize(
    ("augment", "written"),
    [
        ("[random_flip]", ["random_flip"]),
        (
            "[{type: random_flip, mode: horizontal}, {type: random_zoom, height_factor: 0.1}]",
            [{"type": "random_flip", "mode": "horizontal"}, {"type": "random_zoom", "height_factor": 0.1}],
        ),
    ],
)
def test_augmentation_is_read_and_written_back(augment: str, written: Any, load: Load, tmp_path: Path) -> None:
    config = load(f"type: resnet, augment: {augment}")
    assert config.dump()["model"]["augment"] == written
    (tmp_path / "again.yaml").write_text(config.yaml())
    assert load_config(tmp_path / "again.yaml") == config


@pytest.mark.parametrize(
    ("model", "words"),
    [
        ("type: resnt", "Received: resnt. Did you mean `resnet`?"),
        ("type: resnet, block: big", "`model.block` must be one of basic, bottleneck. Received: big."),
        ("type: resnet, blocks: []", "`model.blocks` must have at least 1 item. Received: 0."),
        ("type: resnet, blocks: [1, 0]", "`model.blocks[1]` must be at least 1. Received: 0."),
        (f"type: resnet, blocks: [{', '.join('1' * 9)}]", "`model.blocks` must have at most 8 items. Received: 9."),
        (
            "type: resnet, augment: random_flip",
            "`model.augment` must be a list of augmentations. Received: random_flip.",
        ),
        ("type: cnn, augment: [random_zoom]", "`model.augment[0]` must be a map `{type: random_zoom, ...}`"),
        ("type: cnn, augment: [dropout]", "`model.augment[0]` must be a map `{type: dropout, ...}`"),
        ("type: cnn, augment: [flatten]", "`model.augment[0]` must be an augmentation. Received: flatten."),
        ("type: cnn, augment: [{type: random_flip, name: a}]", "`model.augment[0]` must have no name."),
        ("type: cnn, augment: [{type: random_flip, moed: a}]", "`model.augment[0].moed` is no argument of"),
        ("type: cnn, augment: [{repeat: 2, layers: [random_flip]}]", "`model.augment[0]` must be an augmentation."),
        ("type: mlp, augment: []", "`model.augment` is no key of a config."),
        ("type: wide_resnet, block_dropout: 1", "`model.block_dropout` must be below 1. Received: 1."),
        ("type: mobilenet_v2, blocks: [1, 1]", "`model.filters` must have 2 numbers, one a stage, as `blocks` has."),
        ("type: mobilenet_v2, strides: [1]", "`model.strides` must have 7 numbers, one a stage, as `blocks` has."),
        ("type: autoencoder, batch_norm: {input: true}", "`model.batch_norm.input` must be false: what comes in is to"),
    ],
)
def test_what_is_wrong_is_said_in_its_place(model: str, words: str, load: Load) -> None:
    with pytest.raises(ConfigProblems) as caught:
        load(model)
    assert words in str(caught.value)
    assert [problem.origin.line for problem in caught.value.problems] == [2]


def test_an_autoencoder_needs_to_reconstruct() -> None:
    with pytest.raises(ConfigProblems, match=r"`model.type` needs `data.reconstruct: true`, since it predicts its own"):
        load_config("quickstart", ["model={type: autoencoder}"])


@pytest.mark.parametrize(
    ("model", "rules"),
    [
        ("type: resnet, activation: selu", ["selu_batch_norm"]),
        ("type: resnet, activation: selu, batch_norm: null", ["selu_inputs"]),
        ("type: wide_resnet, activation: selu, block_dropout: 0.1", ["selu_batch_norm", "selu_dropout"]),
        ("type: resnet, initializer: glorot_uniform", ["initializer"]),
        ("type: towers, activation: selu", ["selu_inputs"]),
    ],
)
def test_warnings_know_the_architectures(model: str, rules: list[str], load: Load) -> None:
    assert sorted(warning.rule or "" for warning in lint(load(model))) == rules
