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
from piste.pipelines.config.generate_keras_names import build
from piste.pipelines.config.keras_arguments import constraints_of

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
            assert set(entry.arguments) <= set(known)


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


def test_what_runs_code_is_not_in_the_catalog() -> None:
    for name in ("lambda", "tfsm_layer", "torch_module_wrapper", "jax_layer", "wrapper"):
        assert name not in entries("layers")


def test_an_argument_that_nothing_explains_stops_the_generator() -> None:
    with pytest.raises(LookupError, match=r"No kind is known for New\.thing with default None"):
        constraints_of("New", "thing", None)
