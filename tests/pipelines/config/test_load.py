"""What `load_config` returns: frozen, complete, equal after a round trip, and aware of where values came from."""

from collections.abc import Callable
from pathlib import Path

import pydantic
import pytest

from piste.pipelines.config.config import Config
from piste.pipelines.config.load import load_config
from piste.pipelines.config.problems import ConfigProblems
from piste.pipelines.config.schema.data import Tfds
from piste.pipelines.config.shipped import resolve, shipped
from piste.pipelines.errors import ConfigError, UsageError

Load = Callable[..., Config]

MINIMAL = "data: {source: embedded}\nmodel: {type: mlp}\n"


def test_every_default_is_filled_in(load: Load) -> None:
    assert load(MINIMAL).dump() == {
        "seed": 42,
        "data": {
            "source": "embedded",
            "classes": None,
            "validation": {"fraction": 0.1, "from": "end", "seed": None},
            "select": None,
            "pairs": None,
            "reconstruct": False,
            "batch_size": 32,
            "shuffle": True,
            "name": "fashion_mnist",
            "scale": "unit",
        },
        "model": {
            "type": "mlp",
            "activation": "relu",
            "initializer": "auto",
            "kernel_regularizer": None,
            "kernel_constraint": None,
            "hidden": [300, 100],
            "batch_norm": None,
            "dropout": 0.0,
            "head": "softmax",
        },
        "transfer": None,
        "training": {
            "epochs": 10,
            "optimizer": {"type": "sgd", "learning_rate": 0.01, "momentum": 0.9, "nesterov": True},
            "no_weight_decay": [],
            "schedule": None,
            "loss": "auto",
            "class_weight": None,
            "metrics": "auto",
            "early_stopping": None,
            "mode": "auto",
            "stages": None,
        },
        "health": {"every": 50, "window": 1024, "action": "report", "probe": None},
        "runtime": {"threads": None, "precision": "float32", "deterministic": True, "memory_limit": 2048},
        "export": {"formats": ["saved_model"], "verify": True},
        "silence": [],
    }


@pytest.mark.parametrize(
    ("source", "scale"),
    [
        ("tfds, name: mnist", "unit"),
        ("idx, directory: x", "unit"),
        ("npz, path: x", "standardize"),
        ("synthetic, kind: circles", "standardize"),
    ],
)
def test_scale_fits_the_source(load: Load, source: str, scale: str) -> None:
    assert load(f"data: {{source: {source}}}\nmodel: {{type: cnn}}\n").data.scale == scale


@pytest.mark.parametrize("name", shipped())
def test_the_resolved_yaml_loads_back_equal(load: Load, name: str) -> None:
    config = load_config(name)
    assert load(config.yaml()) == config


@pytest.mark.parametrize(
    "override",
    [
        "data={source: idx, directory: 'no', classes: ['0', 'true', 'null', '1e-3'], validation: null}",
        "data.validation={size: 7, from: random, seed: 1}",
        "model={layers: [{type: zero_padding2d, padding: [[1, 2], [0, 1]]}, {repeat: 2, layers: [activation]}, "
        "{type: dense, units: 10, activation: softmax}]}",
        "training.optimizer={type: adam, learning_rate: 1e-10, weight_decay: null}",
        "training.schedule={type: cosine_decay, initial_learning_rate: 0.3333333333333333, decay_steps: 10}",
        "training.metrics=[accuracy, {type: sparse_top_k_categorical_accuracy, k: 3}]",
        "training.early_stopping={monitor: loss}",
        "model.initializer={type: variance_scaling, scale: 2, mode: fan_avg}",
        "health=false",
        "health=true",
        "export.formats=[]",
    ],
)
def test_unusual_configs_load_back_equal(load: Load, override: str) -> None:
    config = load(MINIMAL, override)
    assert load(config.yaml()) == config


@pytest.mark.parametrize("name", ["seed", "training"])
def test_a_config_is_frozen(load: Load, name: str) -> None:
    with pytest.raises(AttributeError):
        setattr(load(MINIMAL), name, 1)


def test_sections_are_frozen(load: Load) -> None:
    with pytest.raises(pydantic.ValidationError, match="frozen"):
        load(MINIMAL).training.epochs = 1


def test_origins_of_values_short_forms_and_defaults(load: Load) -> None:
    config = load("data: {source: embedded}\nmodel:\n  type: mlp\n  activation: elu\n  hidden: [5, 6]\n")
    places = {key: config.origin(key) for key in ("model.activation", "model.activation.type", "model.hidden[1]")}
    assert [(p.line, p.column) if p else None for p in places.values()] == [(4, 15), (4, 15), (5, 15)]
    assert config.origin("model.dropout") is None
    origin = config.origin("model.activation")
    assert origin is not None
    assert origin.text == "  activation: elu"


def test_sources_hold_the_texts(load: Load) -> None:
    config = load(MINIMAL, "seed=1")
    assert [source.text for source in config.sources] == [MINIMAL, "seed=1"]
    assert config.name == "net"


def test_values_by_key(load: Load) -> None:
    config = load(MINIMAL)
    assert config.value("model.hidden[1]") == 100
    assert config.value("data.validation") == {"fraction": 0.1, "from": "end", "seed": None}


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("training.epoch", "The config has no key `training.epoch`. Did you mean `training.epochs`?"),
        ("zzz", "The config has no key `zzz`."),
        ("model.hidden[9]", "The config has no key `model.hidden[9]`."),
        ("seed.x", "The config has no key `seed.x`."),
        ("..", "The config has no key `..`."),
    ],
)
def test_unknown_keys(load: Load, key: str, words: str) -> None:
    with pytest.raises(UsageError) as caught:
        load(MINIMAL).value(key)
    assert words in str(caught.value)


def test_the_order_of_equality_is_values_alone(load: Load, tmp_path: Path) -> None:
    assert load(MINIMAL) == load("# another text\n" + MINIMAL + "seed: 42\n")
    assert load(MINIMAL) != load(MINIMAL, "seed=1")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("quikstart", "no shipped config quikstart: see `piste list configs`. Did you mean `quickstart`?"),
        ("mlp_elu", "Did you mean `fashion_mnist/mlp_elu`?"),
        ("fashion_mnist/mlp_ellu", "Did you mean `fashion_mnist/mlp_elu`?"),
        (
            "fashion_mnist/mlp_ellu.yaml",
            "There is no file fashion_mnist/mlp_ellu.yaml. Did you mean `fashion_mnist/mlp_elu`?",
        ),
        ("zzz", "There is no file and no shipped config zzz: see `piste list configs`."),
        ("a\0b", "must not contain a NUL character"),
    ],
)
def test_names_that_do_not_exist(name: str, words: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load_config(name)
    assert words in str(caught.value)


def test_near_files_are_offered(tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text(MINIMAL)
    with pytest.raises(ConfigProblems) as caught:
        load_config(tmp_path / "mime.yaml")
    assert caught.value.problems[0].suggestion == str(tmp_path / "mine.yaml")


def test_files_on_disk_win_over_shipped_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("quickstart").write_text(MINIMAL + "seed: 7\n")
    assert resolve("quickstart") == Path("quickstart")
    assert load_config("quickstart").seed == 7


FULL = """\
seed: 42
data:
  source: tfds                  # where from
  name: fashion_mnist
  validation: {size: 5000, from: end}
  scale: unit
  batch_size: 32
model:
  type: mlp
  hidden: [300, 100]
  activation: elu
  initializer: auto
training:
  epochs: 10
  optimizer: {type: sgd, learning_rate: 0.01, momentum: 0.9, nesterov: true}
  schedule: {type: one_cycle, max_rate: 0.1}
  mode: auto
health: {every: 50, window: 1024, action: report}
runtime: {threads: null, precision: float32, deterministic: true}
export: {formats: [saved_model]}
"""


def test_a_full_config_reads_as_written(load: Load) -> None:
    config = load(FULL)
    assert isinstance(config.data, Tfds)
    assert config.data.validation is not None
    assert (config.data.name, config.data.validation.size, config.data.validation.from_) == (
        "fashion_mnist",
        5000,
        "end",
    )
    assert config.training.schedule is not None
    assert (config.training.schedule.type, config.training.schedule.arguments) == ("one_cycle", {"max_rate": 0.1})
    assert config.training.optimizer.arguments["learning_rate"] == 0.01
    assert str(config.origin("training.schedule.max_rate")).endswith("net.yaml:16:41")
