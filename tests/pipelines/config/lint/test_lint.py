"""Each rule of the linter: what it finds, in which place, with which reason, and what it leaves alone."""

import math
from pathlib import Path

import pytest

from piste.pipelines.config.lint.facts import steps_per_epoch
from piste.pipelines.config.lint.initializers import family
from piste.pipelines.config.lint.lint import lint
from piste.pipelines.config.lint.names import RULES
from piste.pipelines.config.load import load_config
from piste.pipelines.config.shipped import shipped
from piste.pipelines.data.load import load_data

SELU = "model.activation=selu"
SCALED = "data.scale=standardize"
ALL_SELU = ["model.initializer=he_normal", "model.batch_norm={}", "model.dropout=0.2", "model.kernel_regularizer=l2"]
NEVER = "training.schedule={type: piecewise, boundaries: [31250, 50000], values: [0.01, 0.005, 0.001]}"
COSINE = "training.schedule={type: cosine_decay, initial_learning_rate: 0.1, decay_steps: 100}"


def found(*overrides: str, config: str | Path = "fashion_mnist/base", steps: int | None = None) -> list[str]:
    return [f"{warning.rule} {warning.path}" for warning in lint(load_config(config, overrides), steps)]


@pytest.mark.parametrize(
    ("overrides", "expected"),
    [
        ([SELU, SCALED], []),
        ([SELU, SCALED, "model.initializer=lecun_uniform", "model.dropout={type: alpha_dropout, rate: 0.1}"], []),
        ([SELU], ["selu_inputs data.scale"]),
        ([SELU, SCALED, "model.initializer=he_normal"], ["initializer model.initializer"]),
        ([SELU, SCALED, "model.batch_norm={}"], ["selu_batch_norm model.batch_norm"]),
        ([SELU, SCALED, "model.dropout=0.2"], ["selu_dropout model.dropout"]),
        ([SELU, SCALED, "model.dropout=0"], []),
        ([SELU, SCALED, "model.kernel_regularizer=l1"], ["selu_regularizer model.kernel_regularizer"]),
        ([SELU, SCALED, "model.kernel_constraint=max_norm"], ["selu_regularizer model.kernel_constraint"]),
        (["model.dropout={type: alpha_dropout, rate: 0.1}"], ["selu_dropout model.dropout"]),
        (["model.activation=elu", *ALL_SELU], []),
        (["model.activation=relu", "model.initializer=glorot_uniform"], ["initializer model.initializer"]),
        (["model.activation=tanh", "model.initializer=he_uniform"], ["initializer model.initializer"]),
        (["model.activation=tanh", "model.initializer=glorot_normal"], []),
        (["model.activation=linear", "model.initializer=he_uniform"], []),
        (["model.initializer=orthogonal"], []),
        (["data.scale=none"], ["unscaled_inputs data.scale"]),
        (["data.scale=none", "model.batch_norm={input: true}"], []),
        (["training.loss=mean_squared_error"], ["loss_and_output training.loss"]),
        ([NEVER], ["schedule_never_fires training.schedule.boundaries"]),
        ([NEVER, "training.epochs=200"], []),
        ([COSINE], ["schedule_ends_early training.schedule.decay_steps"]),
        ([COSINE, "training.schedule.alpha=0.1"], []),
        ([COSINE, "training.schedule.decay_steps=2820"], []),
        (["training.schedule={type: performance}"], []),
        (["training.schedule={type: performance, patience: 10}"], ["schedule_never_fires training.schedule.patience"]),
        (
            ["training.schedule={type: constant, warm_up: 10, unit: epoch}"],
            ["schedule_never_fires training.schedule.warm_up"],
        ),
        (["training.early_stopping={patience: 9}"], []),
        (
            ["training.early_stopping={patience: 10}"],
            ["early_stopping_never_fires training.early_stopping.patience"],
        ),
    ],
)
def test_rules(overrides: list[str], expected: list[str]) -> None:
    assert found(*overrides) == expected


def test_layers_are_told_apart(tmp_path: Path) -> None:
    file = tmp_path / "net.yaml"
    file.write_text(
        """data: {source: synthetic, kind: regression}
model:
  activation: relu
  layers:
  - {repeat: 2, layers: [{type: dense, units: 4}, batch_normalization, activation]}
  - {type: dense, units: 4, use_bias: false}
  - batch_normalization
  - activation
  - {type: dense, units: 4, initializer: lecun_normal, activation: elu}
  - {type: dense, units: 4, initializer: lecun_normal, activation: selu}
  - {type: dense, units: 1, activation: tanh}
"""
    )
    assert found(config=file) == [
        "bias_before_batch_norm model.layers[0].layers[0]",
        "selu_batch_norm model.layers[0].layers[1]",
        "selu_batch_norm model.layers[2]",
        "initializer model.layers[4].initializer",
        "loss_and_output model.layers[6]",
    ]
    warnings = {warning.path: warning for warning in lint(load_config(file))}
    assert warnings["model.layers[4].initializer"].origin.line == 9
    assert warnings["model.layers[0].layers[0]"].message == (
        "`model.layers[0].layers[0]` should have `use_bias: false`: "
        "batch normalisation subtracts the mean, and the bias with it."
    )


def test_a_schedule_that_never_fires_comes_with_the_arithmetic() -> None:
    # The book's third edition: 10 epochs of 55,000 images in batches of 32 are 17,190 steps.
    overrides = [NEVER, "data.source=idx", "data.directory=nowhere"]
    config = load_config("fashion_mnist/base", overrides)
    assert lint(config) == (), "how many samples there are is not known before the files are read"
    (warning,) = lint(config, 1719)
    assert warning.message == (
        "`training.schedule.boundaries` never fires: the run has 17190 steps (10 epochs of 1719), "
        "and the first boundary is at 31250."
    )


@pytest.mark.parametrize(
    ("key", "value", "expected"),
    [("piecewise_constant_decay", "boundaries: [2820], values: [0.1, 0.01]", True), ("exponential_decay", "", False)],
)
def test_keras_schedules_are_read_too(key: str, value: str, expected: bool) -> None:
    rest = value or "initial_learning_rate: 0.1, decay_steps: 99999, decay_rate: 0.1"
    # 9,000 samples in batches of 32 are 282 steps, 10 epochs of them 2,820.
    assert bool(found(f"training.schedule={{type: {key}, {rest}}}")) is expected
    if not expected:
        assert found(f"training.schedule={{type: {key}, {rest}, staircase: true}}")


@pytest.mark.parametrize("name", ["fashion_mnist/base", "quickstart", "synthetic/circles", "synthetic/regression"])
@pytest.mark.parametrize("held_out", ["{size: 33, fraction: null}", "{fraction: 0.123, size: null}", "null"])
def test_steps_that_are_known_are_those_of_the_data(name: str, held_out: str) -> None:
    config = load_config(name, [f"data.validation={held_out}", "training.early_stopping=null"])
    assert steps_per_epoch(config) == math.ceil(len(load_data(config).train) / config.data.batch_size)


def test_silence() -> None:
    overrides = [SELU, SCALED, *ALL_SELU]
    assert len(found(*overrides)) == 4
    assert sorted(found(*overrides, "silence=[initializer, selu_dropout]")) == [
        "selu_batch_norm model.batch_norm",
        "selu_regularizer model.kernel_regularizer",
    ]
    assert found(*overrides, f"silence=[{', '.join(RULES)}]") == []


@pytest.mark.parametrize("name", sorted(shipped()))
def test_shipped_configs_give_no_warning(name: str) -> None:
    assert found(config=name) == []


def test_families() -> None:
    assert family({"type": "variance_scaling", "scale": 2.0, "mode": "fan_avg", "distribution": "uniform"}) == "he"
    assert family({"type": "variance_scaling", "mode": "fan_avg"}) == "glorot"
    assert family({"type": "variance_scaling"}) == "lecun"
    assert family({"type": "variance_scaling", "scale": 0.5}) is None
    assert family("random_normal") is None
