"""Choices by name: short and long forms, special names, nested ones, and complaints."""

from typing import Any

import pytest

from piste.pipelines.config.arguments import expectation, read_argument
from piste.pipelines.config.catalog import entries
from piste.pipelines.config.components import Component, read_component
from piste.pipelines.config.entry import Argument
from piste.pipelines.config.faults import Faults


def test_short_and_long_forms_are_equal() -> None:
    assert read_component("activations", "elu") == read_component("activations", {"type": "elu"})


def test_special_names_pass() -> None:
    assert read_component("initializers", "auto", ("auto",)) == Component(type="auto")
    assert read_component("initializers", {"type": "auto"}, ("auto",)) == Component(type="auto")
    with pytest.raises(Faults, match="must name an initializer"):
        read_component("initializers", "auto")


@pytest.mark.parametrize("alias", ["swish", "hard_silu"])
def test_aliases_of_activations_are_names(alias: str) -> None:
    assert read_component("activations", alias).type == alias


def test_softmax_is_for_single_layers_only() -> None:
    assert read_component("layer_activations", "softmax").type == "softmax"
    with pytest.raises(Faults, match="must name an activation"):
        read_component("activations", "softmax")


def test_a_component_reads_as_itself() -> None:
    component = Component(type="elu", arguments={"alpha": 2.0})
    assert read_component("activations", component) is component


def test_plain_form_reads_back() -> None:
    given = {"type": "dense", "units": 3}
    assert read_component("layers", given).plain() == given


@pytest.mark.parametrize(
    ("kind", "value", "words"),
    [
        ("optimizers", "adm", "must name an optimizer. Received: adm. Did you mean `adam`?"),
        ("optimizers", {}, "`type` is missing."),
        ("optimizers", {"tipe": "adam"}, "`tipe` is no key here. Did you mean `type`?"),
        ("optimizers", {"type": "adam", "beta1": 0.5}, "`beta1` is no argument of `adam`. Did you mean `beta_1`?"),
        ("optimizers", {"type": "adam", "beta_1": 1.0}, "`beta_1` must be at least 0 and below 1. Received: 1.0."),
        ("optimizers", {"type": "adam", "learning_rate": None}, "`learning_rate` must be a number. Received: null."),
        ("optimizers", None, "must be a name or a map with `type`: see `piste list optimizers`. Received: null."),
        ("losses", "msee", "must name a loss. Received: msee."),
        ("losses", {"type": "huber", "delta": 0}, "`delta` must be above 0. Received: 0."),
        ("metrics", "accurcy", "must name a metric. Received: accurcy. Did you mean `accuracy`?"),
        ("schedules", "one_cycle", "must be a map `{type: one_cycle, ...}`: `one_cycle` needs max_rate."),
        ("schedules", {"type": "one_cycle"}, "`max_rate` is missing: `one_cycle` needs it."),
        ("activations", {"type": "elu", "alpha": 0}, "`alpha` must be above 0. Received: 0."),
        ("activations", {"type": "leaky_relu", "negative_slope": -1}, "`negative_slope` must be at least 0."),
        ("activations", {"type": "relu", "alpha": 1}, "`alpha` is no argument of `relu`."),
        ("initializers", {"type": "variance_scaling", "mode": "fan"}, "`mode` must be one of fan_in, fan_out, fan_avg"),
        ("activations", "os.path.join", "must name an activation. Received: os.path.join."),
    ],
)
def test_complaints(kind: str, value: Any, words: str) -> None:
    with pytest.raises(Faults) as caught:
        read_component(kind, value)
    assert words in str(caught.value)


def test_every_wrong_argument_is_named() -> None:
    with pytest.raises(Faults) as caught:
        read_component("optimizers", {"type": "sgd", "momentum": 2, "nesterov": "x", "foo": 1})
    assert [fault.path for fault in caught.value.faults] == [("momentum",), ("nesterov",), ("foo",)]


@pytest.mark.parametrize(
    ("argument", "raw", "value"),
    [
        (Argument("ints"), 3, 3),
        (Argument("ints"), [3, 5], (3, 5)),
        (Argument("floats", nullable=True), None, None),
        (Argument("ints", nested=True), [[1, 2], [3, 4]], ((1, 2), (3, 4))),
        (Argument("floats", list=True), [1, 0.5], (1.0, 0.5)),
        (Argument("any"), {"a": [1]}, {"a": (1,)}),
    ],
)
def test_lists_of_numbers(argument: Argument, raw: Any, value: Any) -> None:
    assert read_argument(argument, raw) == value


@pytest.mark.parametrize(
    ("argument", "raw", "words"),
    [
        (Argument("floats", list=True), 1, "must be a list of numbers. Received: 1."),
        (Argument("ints", minimum=1), [1, 0], "must be at least 1. Received: 0."),
        (Argument("ints"), {"a": 1}, "must be an integer or a list of integers. Received: a map."),
        (Argument("ints"), [], "must have 1 to 1000 items. Received: 0."),
    ],
)
def test_complaints_about_lists(argument: Argument, raw: Any, words: str) -> None:
    with pytest.raises(Faults) as caught:
        read_argument(argument, raw)
    assert words in caught.value.faults[0].sentence("x")


@pytest.mark.parametrize(
    ("argument", "words"),
    [
        (Argument("float", exclusive_minimum=0, maximum=1), "a number, above 0, at most 1"),
        (Argument("str", choices=("a", "b")), "one of a, b"),
        (Argument("bool", nullable=True), "true or false or null"),
        (Argument("regularizers"), "a name of `piste list regularizers`"),
        (Argument("int", minimum=10_000_000), "an integer, at least 10000000"),
    ],
)
def test_expectations_in_words(argument: Argument, words: str) -> None:
    assert expectation(argument) == words


def test_layers_of_the_process_join_the_catalog(monkeypatch: pytest.MonkeyPatch) -> None:
    class Gate:
        def __init__(self, width: int, *, open: bool = True, name: str | None = None) -> None:
            pass

    monkeypatch.setattr("piste.pipelines.config.catalog.OWN_LAYERS", {"gate": Gate})
    assert set(entries("layers")["gate"].arguments) == {"width", "open"}
    assert read_component("layers", {"type": "gate", "width": 3}).arguments == {"width": 3}
    with pytest.raises(Faults, match="`width` is missing: `gate` needs it"):
        read_component("layers", {"type": "gate"})
