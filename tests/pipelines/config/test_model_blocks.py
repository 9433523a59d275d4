"""`batch_norm`, `dropout`, `kernel_regularizer` and `kernel_constraint` of the zoo's models, as written in configs."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from piste.pipelines.config.config import Config
from piste.pipelines.config.load import load_config
from piste.pipelines.config.problems import ConfigProblems

Load = Callable[..., Config]


@pytest.fixture
def load(tmp_path: Path) -> Load:
    def load(keys: str, kind: str = "mlp") -> Config:
        path = tmp_path / "net.yaml"
        path.write_text(f"data: {{source: embedded}}\nmodel: {{type: {kind}, {keys}}}\n")
        return load_config(path)

    return load


@pytest.mark.parametrize("kind", ["mlp", "cnn"])
@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ("dropout: 0.25", {"dropout": 0.25}),
        ("dropout: {rate: 0.25}", {"dropout": 0.25}),
        ("dropout: {rate: 0.25, last: 1}", {"dropout": {"type": "dropout", "rate": 0.25, "last": 1}}),
        (
            "dropout: {type: alpha_dropout, rate: 0.1}",
            {"dropout": {"type": "alpha_dropout", "rate": 0.1, "last": None}},
        ),
        ("batch_norm: null", {"batch_norm": None}),
        (
            "batch_norm: {position: after, momentum: 0.9}",
            {"batch_norm": {"position": "after", "input": False, "output": False, "momentum": 0.9, "epsilon": 0.001}},
        ),
        ("kernel_regularizer: l2", {"kernel_regularizer": "l2"}),
        ("kernel_regularizer: {type: l1_l2, l1: 0.1}", {"kernel_regularizer": {"type": "l1_l2", "l1": 0.1}}),
        (
            "kernel_constraint: {type: max_norm, max_value: 1}",
            {"kernel_constraint": {"type": "max_norm", "max_value": 1.0}},
        ),
    ],
)
def test_forms_are_read_and_written_back(
    load: Load, tmp_path: Path, kind: str, keys: str, expected: dict[str, Any]
) -> None:
    config = load(keys, kind)
    model = config.dump()["model"]
    assert {key: model[key] for key in expected} == expected
    (tmp_path / "again.yaml").write_text(config.yaml())
    assert load_config(tmp_path / "again.yaml") == config


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ("dropout: 1.0", "`model.dropout.rate` must be below 1. Received: 1.0."),
        ("dropout: x", "`model.dropout.rate` must be a number. Received: x."),
        ("dropout: {type: alpha, rate: 0.1}", "`model.dropout.type` must be one of dropout, alpha_dropout, gaussian_"),
        ("dropout: {last: 1}", "`model.dropout.rate` is missing."),
        ("dropout: {rate: 0.1, lats: 1}", "`model.dropout.lats` is no key of a config. Did you mean `last`?"),
        ("dropout: {rate: 0.1, last: 0}", "`model.dropout.last` must be at least 1. Received: 0."),
        ("batch_norm: true", "`model.batch_norm` must be a map. Received: true."),
        ("batch_norm: {position: mid}", "`model.batch_norm.position` must be one of before, after. Received: mid."),
        ("batch_norm: {momentum: 1}", "`model.batch_norm.momentum` must be below 1. Received: 1."),
        ("batch_norm: {epsilon: 0}", "`model.batch_norm.epsilon` must be above 0. Received: 0."),
        ("kernel_regularizer: {type: l2, l1: 1}", "`model.kernel_regularizer.l1` is no argument of `l2`."),
        ("kernel_constraint: maxnorm", "Did you mean `max_norm`?"),
    ],
)
def test_what_is_wrong_is_said_in_its_place(load: Load, keys: str, words: str) -> None:
    with pytest.raises(ConfigProblems) as caught:
        load(keys)
    assert words in str(caught.value)
    assert [problem.origin.line for problem in caught.value.problems] == [2]
