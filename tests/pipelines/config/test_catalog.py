"""The catalog agrees with the Keras installed, with the models' tables and with itself."""

import inspect
import json
from importlib.resources import files
from typing import Any

import keras
import pytest

from piste.models.activations.table import ACTIVATIONS
from piste.models.layers import LAYERS
from piste.pipelines.config.catalog import KERAS_KINDS, entries
from piste.pipelines.config.entry import Argument, Entry
from piste.pipelines.config.generate_keras_names import build
from piste.pipelines.config.keras_arguments import constraints_of
from piste.pipelines.config.own_schedules import OF_EVERY_STEP

HOMES: dict[str, Any] = {kind: getattr(keras, kind) for kind in KERAS_KINDS if kind != "schedules"}
HOMES["schedules"] = keras.optimizers.schedules


def test_the_generated_file_is_that_of_the_keras_installed() -> None:
    text = files("piste").joinpath("pipelines", "config", "keras_names.json").read_text("utf-8")
    shipped, fresh = json.loads(text), json.loads(json.dumps(build()))
    assert shipped.pop("keras") and fresh.pop("keras")
    assert shipped == fresh, "run: python -m piste.pipelines.config.generate_keras_names"


@pytest.mark.parametrize("kind", KERAS_KINDS)
def test_every_class_exists_and_takes_its_arguments(kind: str) -> None:
    assert len(entries(kind)) >= 4
    for entry in entries(kind).values():
        if entry.class_name is not None:
            known = inspect.signature(getattr(HOMES[kind], entry.class_name)).parameters
            assert set(_of_keras(kind, entry)) <= set(known)


def test_every_layer_of_the_models_is_in_the_catalog() -> None:
    assert {name: entry.class_name for name, entry in entries("layers").items()} == dict(LAYERS)


def test_every_activation_and_alias_is_in_the_catalog() -> None:
    names = {name for activation in ACTIVATIONS.values() for name in (activation.name, *activation.aliases)}
    assert set(entries("activations")) == names
    assert entries("activations")["elu"].arguments["alpha"].exclusive_minimum == 0


@pytest.mark.parametrize("kind", ["optimizers", "losses", "regularizers", "constraints", "initializers"])
def test_defaults_satisfy_their_own_ranges(kind: str) -> None:
    from piste.pipelines.config.arguments import read_argument

    for entry in entries(kind).values():
        for argument in entry.arguments.values():
            if not argument.required:
                read_argument(argument, argument.default)


# What a class needs beside the argument that is tried.
COMPANY: dict[str, dict[str, Any]] = {
    "iou": {"num_classes": 3, "target_class_ids": [0]},
    "one_hot_iou": {"num_classes": 3, "target_class_ids": [0]},
    "piecewise_constant_decay": {"boundaries": [1], "values": [0.5, 0.1]},
    "permute": {"dims": [1]},
    "reshape": {"target_shape": [1]},
}


@pytest.mark.parametrize("kind", KERAS_KINDS)
def test_keras_accepts_every_choice_and_both_ends_of_every_range(kind: str) -> None:
    for entry in entries(kind).values():
        if entry.class_name is None:
            continue
        cls = getattr(HOMES[kind], entry.class_name)
        needed = {name: _some(argument) for name, argument in entry.arguments.items() if argument.required}
        needed |= COMPANY.get(entry.name, {})
        for name, argument in _of_keras(kind, entry).items():
            if (entry.name, name) == ("auc", "num_labels") or argument.list:
                continue  # they mean nothing alone
            for value in _extremes(argument):
                cls(**{**needed, name: value})


def _of_keras(kind: str, entry: Entry) -> dict[str, Argument]:
    ours = OF_EVERY_STEP if kind == "schedules" else {}
    return {name: argument for name, argument in entry.arguments.items() if name not in ours}


def _some(argument: Argument) -> Any:
    if argument.choices:
        return argument.choices[0]
    whole = argument.kind in ("int", "ints")
    return max(1, int(argument.minimum or 0)) if whole else 0.5


def _extremes(argument: Argument) -> list[Any]:
    ends = [end for end in (argument.minimum, argument.maximum) if end is not None]
    number = int if argument.kind in ("int", "ints") else float
    return [*(argument.choices or ()), *map(number, ends), *([None] if argument.nullable else [])]


def test_what_runs_code_is_not_in_the_catalog() -> None:
    for name in ("lambda", "tfsm_layer", "torch_module_wrapper", "jax_layer", "wrapper"):
        assert name not in entries("layers")


def test_an_argument_that_nothing_explains_stops_the_generator() -> None:
    with pytest.raises(LookupError, match=r"No kind is known for New\.thing with default None"):
        constraints_of("New", "thing", None)
