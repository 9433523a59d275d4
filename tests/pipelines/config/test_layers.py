"""`model.layers`: names, maps, repeat blocks and the placeholder, and every way to get them wrong."""

from collections.abc import Callable
from typing import Any

import pytest

from piste.pipelines.config.config import Config
from piste.pipelines.config.problems import Problem
from piste.pipelines.config.schema.layers import Layer, Repeat, count, read_layers

Load = Callable[..., Config]
Problems = Callable[..., list[Problem]]

REGRESSION = "data: {source: synthetic, kind: regression}"
HEAD = "data: {source: synthetic, kind: regression}\nmodel:\n  layers:\n  - "


def test_each_form_is_read() -> None:
    layers = read_layers(
        [
            "flatten",
            {"repeat": 3, "layers": [{"type": "dense", "units": 8, "initializer": "he_normal"}, "activation"]},
            {"type": "conv2d", "filters": 4, "kernel_size": [3, 5], "kernel_regularizer": {"type": "l2", "l2": 0.5}},
            {"type": "dense", "units": 10, "name": "head", "activation": "softmax", "use_bias": False},
        ]
    )
    flatten, block, conv, head = layers
    assert isinstance(flatten, Layer)
    assert isinstance(block, Repeat)
    assert isinstance(conv, Layer)
    assert isinstance(head, Layer)
    assert (flatten.type, flatten.arguments) == ("flatten", {})
    assert (block.repeat, count(layers)) == (3, 9)
    assert conv.arguments["kernel_size"] == (3, 5)
    assert (conv.arguments["kernel_regularizer"].type, head.name) == ("l2", "head")
    assert head.activation is not None
    assert (head.activation.type, head.arguments) == ("softmax", {"units": 10, "use_bias": False})


def test_forms_are_dumped_as_they_read(load: Load) -> None:
    items = "[flatten, {repeat: 2, layers: [{type: dense, units: 3, kernel_constraint: non_neg}, activation]}]"
    dumped = load(f"{REGRESSION}\nmodel: {{layers: {items}}}\n").dump()["model"]
    assert dumped == {
        "activation": "relu",
        "initializer": "auto",
        "kernel_regularizer": None,
        "kernel_constraint": None,
        "layers": [
            "flatten",
            {
                "repeat": 2,
                "layers": [{"type": "dense", "units": 3, "kernel_constraint": "non_neg"}, "activation"],
            },
        ],
    }


COMPLAINTS = [
    (
        "relu",
        5,
        "`model.layers[0]` must be a layer: write the activation as `activation: relu` on the layer before it. "
        "Received: relu.",
    ),
    ("{type: elu}", 12, "`model.layers[0].type` must be a layer: write the activation as `activation: elu`"),
    ("{type: lambda}", 12, "`model.layers[0].type` must name a layer. Received: lambda."),
    ("conv_2d", 5, "`model.layers[0]` must name a layer. Received: conv_2d. Did you mean `conv2d`?"),
    ("dense", 5, "`model.layers[0]` must be a map `{type: dense, ...}`: `dense` needs units. Received: dense."),
    ("5", 5, "`model.layers[0]` must name a layer. Received: 5."),
    ("", 4, "`model.layers[0]` must be a layer's name, or a map with `type` or `repeat`. Received: null."),
    ("[flatten]", 5, "`model.layers[0]` must be a layer's name, or a map with `type` or `repeat`. Received: a list."),
    ("{typ: dense}", 6, "`model.layers[0].typ` is no key here. Did you mean `type`?"),
    ("{repat: 2, layers: [flatten]}", 6, "`model.layers[0].repat` is no key here. Did you mean `repeat`?"),
    ("{units: 5}", 5, "`model.layers[0].type` is missing."),
    ("{type: [a]}", 12, "`model.layers[0].type` must be a name or a map with `type`"),
    ("{type: dense}", 5, "`model.layers[0].units` is missing: `dense` needs it."),
    ("{type: dense, units: 0}", 26, "`model.layers[0].units` must be at least 1. Received: 0."),
    ("{type: dense, units: 2, unit: 1}", 29, "`model.layers[0].unit` is no argument of `dense`. Did you mean"),
    ("{type: dense, units: 2, name: a b}", 35, "must be made of letters, digits and underscores. Received: a b."),
    ("{type: dense, units: 2, activation: rellu}", 41, "must name a layer activation. Received: rellu. Did you"),
    ("{type: dense, units: 2, initializer: he}", 42, "`model.layers[0].initializer` must name an initializer."),
    ("{type: flatten, activation: relu}", 21, "`model.layers[0].activation` is no argument of `flatten`."),
    ("{type: dropout, rate: 1.0}", 27, "`model.layers[0].rate` must be at least 0 and below 1. Received: 1.0."),
    ("{type: dense, units: 2, use_bias: yes}", 39, "`model.layers[0].use_bias` must be true or false. Received: yes."),
    (
        "{type: dense, units: 2, kernel_regularizer: {class_name: L2}}",
        29,
        "`model.layers[0].kernel_regularizer.type` is missing.",
    ),
    (
        "{type: conv2d, filters: 2, kernel_size: [3, x]}",
        49,
        "`model.layers[0].kernel_size[1]` must be an integer. Received: x.",
    ),
    (
        "{type: conv2d, filters: 2, kernel_size: 3, padding: sane}",
        57,
        "`model.layers[0].padding` must be one of valid, same. Received: sane. Did you mean `same`?",
    ),
    ("{type: reshape, target_shape: []}", 35, "`model.layers[0].target_shape` must have 1 to 1000 items. Received: 0."),
    ("{repeat: 0, layers: [flatten]}", 14, "`model.layers[0].repeat` must be from 1 to 1000. Received: 0."),
    ("{repeat: x, layers: [flatten]}", 14, "`model.layers[0].repeat` must be an integer. Received: x."),
    ("{repeat: 2}", 5, "`model.layers[0].layers` is missing: a repeat block needs the list of layers."),
    ("{repeat: 2, layers: []}", 25, "`model.layers[0].layers` must have at least one layer."),
    ("{repeat: 2, layers: flatten}", 25, "`model.layers[0].layers` must be a list of layers. Received: flatten."),
    ("{repeat: 2, layer: [flatten], layers: [flatten]}", 17, "`model.layers[0].layer` is no key of a repeat block."),
    (
        "{repeat: 1000, layers: [{repeat: 1000, layers: [{repeat: 1000, layers: [flatten]}]}]}",
        28,
        "`model.layers[0].layers` must have at most 2000 layers after `repeat`. Received: 1000000.",
    ),
]


@pytest.mark.parametrize(("item", "column", "words"), COMPLAINTS, ids=lambda v: str(v)[:40])
def test_complaints(problems: Problems, item: str, column: int, words: str) -> None:
    (found,) = problems(HEAD + item + "\n")
    assert words in found.message
    assert (found.origin.line, found.origin.column) == (4, column)


def test_all_complaints_come_at_once(problems: Problems) -> None:
    items = "{type: dense, units: 0, rat: 1}, {repeat: 0, layers: [lambda, relu]}"
    found = problems(f"{REGRESSION}\nmodel: {{layers: [{items}]}}\n")
    assert [problem.path for problem in found] == [
        "model.layers[0].units",
        "model.layers[0].rat",
        "model.layers[1].repeat",
        "model.layers[1].layers[0]",
        "model.layers[1].layers[1]",
    ]


@pytest.mark.parametrize("value", ["flatten", {"type": "dense"}, []])
def test_layers_must_be_a_list_with_something_in_it(value: Any) -> None:
    with pytest.raises(ValueError, match=r"must be a list of layers|must have at least one layer"):
        read_layers(value)


@pytest.mark.parametrize(
    ("data", "items", "path", "words"),
    [
        ("embedded", "[flatten, {type: dense, units: 10}]", "model.layers[1]", "must end in probabilities"),
        ("embedded", "[{repeat: 2, layers: [activation]}]", "model.layers[0].layers[0]", "must end in probabilities"),
        (
            "synthetic, kind: regression",
            "[{type: dense, units: 1, activation: softmax}]",
            "model.layers[0].activation",
            "must not be softmax: regression ends in numbers. Received: softmax.",
        ),
        (
            "synthetic, kind: regression",
            "[{type: dense, units: 1, name: a}, {type: dense, units: 1, name: a}]",
            "model.layers[1].name",
            "is the name of an earlier layer: choose another. Received: a.",
        ),
        (
            "synthetic, kind: regression",
            "[{repeat: 2, layers: [{type: flatten, name: a}]}, {repeat: 2, layers: [{type: flatten, name: a}]}]",
            "model.layers[1].layers[0].name",
            "is the name of an earlier layer",
        ),
    ],
)
def test_rules_of_the_whole_list(problems: Problems, data: str, items: str, path: str, words: str) -> None:
    (found,) = problems(f"data: {{source: {data}}}\nmodel: {{layers: {items}}}\n")
    assert found.path == path
    assert words in found.message


def test_a_name_inside_a_repeat_differs_from_one_outside(load: Load) -> None:
    load(HEAD + "{repeat: 2, layers: [{type: flatten, name: a}]}\n  - {type: flatten, name: a}\n")
