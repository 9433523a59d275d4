"""The JSON Schema accepts what loads and refuses what does not, as far as a schema can."""

import copy
from typing import Any

import jsonschema
import pytest

from piste.pipelines.config.json_schema import json_schema
from piste.pipelines.config.load import load_config
from piste.pipelines.config.nodes import Mapping
from piste.pipelines.config.reader import compose
from piste.pipelines.config.scalars import read_any
from piste.pipelines.config.schema.model import MODELS
from piste.pipelines.config.shipped import shipped
from piste.pipelines.config.source import read_source

SCHEMA = json_schema()
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)
NAMES = list(shipped())


def _as_written(name: str) -> Any:
    tree = compose(read_source(shipped()[name]))
    assert isinstance(tree, Mapping)
    from piste.pipelines.config.nodes import plain_data

    return _lists(read_any(plain_data(tree)))


def _lists(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _lists(item) for key, item in value.items()}
    return [_lists(item) for item in value] if isinstance(value, tuple) else value


def test_it_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("name", NAMES)
def test_shipped_configs_are_valid_as_written_and_resolved(name: str) -> None:
    VALIDATOR.validate(_as_written(name))
    VALIDATOR.validate(load_config(name).dump())


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("section", ["data", "model", "training"])
def test_unknown_keys_are_refused_at_every_level(name: str, section: str) -> None:
    for value in (_as_written(name), load_config(name).dump()):
        assert not VALIDATOR.is_valid({**value, "seeed": 1})
        if section in value:
            assert not VALIDATOR.is_valid({**value, section: {**value[section], "unknown_key": 1}})


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("seed",), -1),
        (("seed",), "x"),
        (("data", "source"), "idx"),
        (("data", "batch_size"), 0),
        (("data", "validation", "fraction"), 1.5),
        (("data", "select"), {"classes": [5]}),
        (("data", "select"), {"classes": [5, -1]}),
        (("data", "select"), {"merge": {"a": []}}),
        (("data", "select"), {"train_samples": 0}),
        (("data", "select"), {"test_samples": 5}),
        (("model", "type"), "mpl"),
        (("model", "head"), "tanh"),
        (("model", "hidden"), [0]),
        (("model", "activation"), "rellu"),
        (("model", "activation"), {"type": "elu", "alpha": 0}),
        (("model", "activation"), {"alpha": 1}),
        (("model",), {"layers": []}),
        (("model",), {"layers": ["dense"]}),
        (("model",), {"layers": [{"repeat": 0, "layers": ["flatten"]}]}),
        (("model",), {"layers": [{"type": "dense", "units": 2, "kernel_regularizer": "l3"}]}),
        (("training", "epochs"), 0),
        (("training", "optimizer"), {"type": "sgd", "momentun": 1}),
        (("training", "schedule"), "one_cycle"),
        (("training", "metrics"), "accuracy"),
        (("health",), None),
        (("health",), {"every": 0}),
        (("health",), {"probe": "test"}),
        (("export", "formats"), ["tflite"]),
        (("runtime", "threads"), 0),
    ],
    ids=str,
)
def test_wrong_values_are_refused(path: tuple[str, ...], value: Any) -> None:
    assert not VALIDATOR.is_valid(_with(path, value))


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("health",), True),
        (("health",), False),
        (("health",), {"probe": "validation"}),
        (("data", "validation"), None),
        (("data", "select"), {"classes": [5, "Shirt", 7], "merge": {"no shirt": [5, 7]}, "train_per_class": 100}),
        (("model", "head"), "sigmoid"),
        (("model",), {"type": "resnet", "augment": ["random_flip", {"type": "random_zoom", "height_factor": 0.1}]}),
        (("model", "activation"), {"type": "leaky_relu", "negative_slope": 0.01}),
        (("model", "initializer"), {"type": "variance_scaling", "scale": 2.0}),
        (("model",), {"layers": ["flatten", {"type": "dense", "units": 3, "activation": "softmax"}]}),
        (("model",), {"layers": [{"repeat": 2, "layers": [{"type": "dense", "units": 3}, "activation"]}]}),
        (("training", "schedule"), {"type": "one_cycle", "max_rate": 0.1}),
        (("training", "metrics"), ["accuracy"]),
        (("training", "optimizer"), "adam"),
    ],
    ids=str,
)
def test_short_forms_are_accepted(path: tuple[str, ...], value: Any) -> None:
    VALIDATOR.validate(_with(path, value))


def test_an_extending_file_may_leave_out_what_its_base_gives() -> None:
    VALIDATOR.validate({"extends": "base.yaml", "model": {"activation": "elu"}, "data": {"batch_size": 8}})
    assert not VALIDATOR.is_valid({"extends": "base.yaml", "model": {"activation": "rellu"}})
    assert not VALIDATOR.is_valid({"model": {"activation": "elu"}})


def test_every_key_is_documented() -> None:
    def undocumented(definition: str) -> list[str]:
        properties = SCHEMA["$defs"][definition]["properties"]
        return [key for key, item in properties.items() if "description" not in item]

    sections = ["Embedded", "Tfds", "Idx", "Npz", "Synthetic", "Validation", "Select", "Free"]
    zoo = [section.__name__ for section in MODELS.values()]
    for name in [*sections, *zoo, "Training", "EarlyStopping", "Health", "Runtime", "Export"]:
        assert undocumented(name) == []


def _with(path: tuple[str, ...], value: Any) -> Any:
    config = copy.deepcopy(load_config("quickstart").dump())
    here = config
    for step in path[:-1]:
        here = here[step]
    here[path[-1]] = value
    return config
