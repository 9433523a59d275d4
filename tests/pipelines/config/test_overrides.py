"""`--set`: where values land, and what is said when they cannot."""

from collections.abc import Callable

import pytest

from piste.pipelines.config.config import Config
from piste.pipelines.config.problems import Problem

Load = Callable[..., Config]
Problems = Callable[..., list[Problem]]

BASE = """\
data: {source: embedded}
model: {type: mlp, hidden: [8, 4], activation: elu}
"""
LAYERS = """\
data: {source: synthetic, kind: regression}
model:
  layers: [flatten, {repeat: 2, layers: [{type: dense, units: 8}, activation]}]
"""


def test_a_value_replaces_what_the_file_says(load: Load) -> None:
    config = load(BASE, "model.activation=selu", "seed=7", "model.hidden=[3]")
    assert [config.value(key) for key in ("model.activation", "seed", "model.hidden")] == ["selu", 7, [3]]


def test_the_last_override_wins(load: Load) -> None:
    assert load(BASE, "seed=1", "seed=2").seed == 2


def test_one_item_of_a_list(load: Load) -> None:
    assert load(BASE, "model.hidden[1]=5").value("model.hidden") == [8, 5]
    nested = load(LAYERS, "model.layers[1].layers[0].units=3").dump()["model"]["layers"]
    assert nested == ["flatten", {"repeat": 2, "layers": [{"type": "dense", "units": 3}, "activation"]}]


def test_an_argument_joins_a_short_form(load: Load) -> None:
    assert load(BASE, "model.activation.alpha=0.5").dump()["model"]["activation"] == {"type": "elu", "alpha": 0.5}


def test_an_argument_joins_the_default_optimizer(load: Load) -> None:
    optimizer = load(BASE, "training.optimizer.momentum=0.5").training.optimizer
    assert optimizer.arguments == {"learning_rate": 0.01, "momentum": 0.5, "nesterov": True}


def test_a_type_replaces_the_whole_map(load: Load) -> None:
    config = load(BASE, "training.optimizer.type=adam")
    assert config.dump()["training"]["optimizer"] == "adam"


def test_a_key_below_a_switched_off_section_turns_it_on(load: Load) -> None:
    config = load(BASE + "health: false\n", "health.every=10")
    assert config.health is not None
    assert (config.health.every, config.health.window) == (10, 1024)


def test_values_are_yaml(load: Load) -> None:
    config = load(BASE, "training.optimizer={type: adam, learning_rate: 1e-4}", "health=false", "data.validation=")
    assert config.training.optimizer.arguments == {"learning_rate": 1e-4}
    assert (config.health, config.data.validation) == (None, None)


def test_an_equals_sign_may_stand_in_the_value(load: Load) -> None:
    config = load("data: {source: idx, directory: a}\nmodel: {type: mlp}\n", "data.directory=x=y")
    assert config.dump()["data"]["directory"] == "x=y"


def test_origins_name_the_override(load: Load) -> None:
    origin = load(BASE, "seed=1", "model.activation=selu").origin("model.activation")
    assert origin is not None
    assert (str(origin), origin.column, origin.text) == ("--set 2", 18, "model.activation=selu")


@pytest.mark.parametrize(
    ("text", "column", "words"),
    [
        ("seed", 1, "An override must be KEY=VALUE, as in training.epochs=3."),
        ("=", 1, "An override's key must be names with dots and indices"),
        ("a..b=1", 1, "An override's key must be names with dots and indices"),
        ("[0]=1", 1, "An override's key must be names with dots and indices"),
        ("model.hidden[2]=1", 1, "`model.hidden` has 2 items, counted from 0. Received: index 2."),
        ("seed[0]=1", 1, "`seed` is no list in the files: set the whole list, as in seed=[1, 2]."),
        ("modle.x=1", 1, "`modle` is no key of a config. Did you mean `model`?"),
        ("model.activatoin=elu", 1, "`model.activatoin` is no key of a config. Did you mean `activation`?"),
        ("training.optimizer.momentun=1", 1, "is no argument of `sgd`. Did you mean `momentum`?"),
        ("training.epochs=abc", 17, "`training.epochs` must be an integer. Received: abc."),
        (".".join(["a"] * 5000) + "=1", 1, "An override's key may be at most 50 levels deep."),
        ("seed=[1", 8, "This is no valid YAML"),
        ("seed=!x 1", 6, "Tags (`!name`) are not allowed in a config"),
        ("seed=\x1b", 6, "Control characters are not allowed in a config. Received: U+001B."),
    ],
    ids=lambda value: str(value)[:40],
)
def test_overrides_that_are_refused(problems: Problems, text: str, column: int, words: str) -> None:
    found = problems(BASE, "seed=1", text)
    assert words in found[0].message
    assert (found[0].origin.file, found[0].origin.column) == ("--set 2", column)


def test_problems_of_overrides_and_files_come_together(problems: Problems) -> None:
    found = problems("seed: x\n" + BASE, "model.hidden[9]=1", "training.epochs=0")
    assert [problem.path for problem in found] == ["model.hidden", "training.epochs", "seed"]


def test_another_choice_replaces_the_whole_section(load: Load) -> None:
    config = load(
        BASE,
        "data.source=synthetic",
        "data.kind=circles",
        "model.layers=[{type: dense, units: 2, activation: softmax}]",
    )
    assert config.dump()["data"]["kind"] == "circles"
    assert "hidden" not in config.dump()["model"]
