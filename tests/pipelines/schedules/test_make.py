"""From the config's words to rates, worked out by hand at single steps."""

from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

import piste
from piste.pipelines.config.catalog import entries
from piste.pipelines.config.components import read_component
from piste.pipelines.config.problems import ConfigProblems
from piste.pipelines.config.schema.training import Training
from piste.pipelines.schedules.cycled_sgd import CycledSGD
from piste.pipelines.schedules.make import make_optimizer

TEXT = "data: {source: synthetic, kind: circles, samples: 90, batch_size: 8}\nmodel: {type: mlp, hidden: [4]}\n"


def optimizer(schedule: Any, kind: Any = "sgd", epochs: int = 4, steps: int = 10) -> Any:
    chosen = read_component("schedules", schedule)
    return make_optimizer(Training(optimizer=read_component("optimizers", kind), schedule=chosen, epochs=epochs), steps)


def rates(schedule: Any, *at: int, **more: Any) -> list[float]:
    made = optimizer(schedule, **more)
    return [float(made._learning_rate(step)) for step in at]


@pytest.mark.parametrize(
    ("schedule", "at", "expected"),
    [
        ({"type": "constant"}, (0, 50), [0.01, 0.01]),
        ({"type": "constant", "warm_up": 4}, (0, 1, 3, 4), [0.0025, 0.005, 0.01, 0.01]),
        ({"type": "constant", "warm_up": 0.5, "unit": "epoch"}, (0, 4, 5), [0.002, 0.01, 0.01]),
        ({"type": "power", "initial_learning_rate": 0.8, "decay_steps": 10}, (0, 10, 20), [0.8, 0.4, 0.8 / 3]),
        (
            {"type": "power", "initial_learning_rate": 0.8, "decay_steps": 1, "power": 2, "unit": "epoch"},
            (0, 9, 10, 30),
            [0.8, 0.8, 0.2, 0.05],
        ),
        (
            {"type": "exponential_decay", "initial_learning_rate": 1, "decay_steps": 10, "decay_rate": 0.1},
            (0, 10, 20),
            [1, 0.1, 0.01],
        ),
        (  # Hands-On ML: 0.01 * 0.1^(epoch / 20), constant within an epoch
            {
                "type": "exponential_decay", "initial_learning_rate": 0.01, "decay_steps": 20, "decay_rate": 0.1,
                "unit": "epoch",
            },
            (0, 9, 10, 39),
            [0.01, 0.01, 0.01 * 0.1 ** (1 / 20), 0.01 * 0.1 ** (3 / 20)],
        ),
        (
            {"type": "piecewise", "boundaries": [5, 15], "values": [0.01, 0.005, 0.001], "unit": "epoch"},
            (0, 49, 50, 149, 150),
            [0.01, 0.01, 0.005, 0.005, 0.001],
        ),
        (
            {"type": "cosine_decay", "initial_learning_rate": 1, "decay_steps": 10, "warm_up": 2},
            (0, 5, 10),
            [0.5, 0.5, 0.0],
        ),
    ],
    ids=lambda value: value["type"] if isinstance(value, dict) else None,
)  # fmt: skip
def test_rates_by_hand(schedule: dict[str, Any], at: tuple[int, ...], expected: list[float]) -> None:
    if schedule["type"] == "constant" and len(schedule) == 1:
        assert float(optimizer(schedule).learning_rate) == pytest.approx(0.01)
    else:
        assert rates(schedule, *at) == pytest.approx(expected, rel=1e-5, abs=1e-9)


def test_a_constant_schedule_warms_up_to_the_optimizers_own_rate() -> None:
    schedule = {"type": "constant", "warm_up": 4}
    assert rates(schedule, 1, 9, kind={"type": "adam", "learning_rate": 0.8}) == pytest.approx([0.4, 0.8])
    assert rates(schedule, 9, kind="adam") == pytest.approx([0.001])


def test_performance_leaves_the_rate_to_its_callback() -> None:
    assert float(optimizer("performance", {"type": "sgd", "learning_rate": 0.02}).learning_rate) == pytest.approx(0.02)


def test_momentum_under_1cycle_by_hand() -> None:
    """40 steps: the peak is at step 18, the old rate again at 36; the momentum falls and rises between."""
    cycle = {"type": "one_cycle", "max_rate": 1.0, "max_momentum": 0.95, "min_momentum": 0.85}
    made = optimizer(cycle)
    assert isinstance(made, CycledSGD)
    momenta = [float(made.momentum_at(step)) for step in (0, 9, 18, 27, 36, 40)]
    assert momenta == pytest.approx([0.95, 0.9, 0.85, 0.9, 0.95, 0.95], abs=1e-6)
    assert not isinstance(optimizer({"type": "one_cycle", "max_rate": 1.0}), CycledSGD)


@pytest.mark.parametrize("nesterov", [False, True])
def test_steps_under_a_cycled_momentum_by_hand(nesterov: bool) -> None:
    cycle = {"type": "one_cycle", "max_rate": 1.0, "max_momentum": 0.95, "min_momentum": 0.85}
    made = optimizer(cycle, {"type": "sgd", "nesterov": nesterov})
    weight = keras.Variable(np.zeros(1, "float32"))
    expected = velocity = 0.0
    for step in range(20):
        height = 1 - abs(step - 18) / 18  # of the triangle with its peak at step 18
        rate, momentum = 0.1 + 0.9 * height, 0.95 - 0.1 * height
        made.apply([np.full(1, 0.5, "float32")], [weight])
        velocity = momentum * velocity - rate * 0.5
        expected += momentum * velocity - rate * 0.5 if nesterov else velocity
    assert float(weight[0]) == pytest.approx(expected, rel=1e-5)


def test_schedules_and_cycled_sgd_survive_serialisation() -> None:
    cycle = {"type": "one_cycle", "max_rate": 1.0, "max_momentum": 0.95, "min_momentum": 0.85}
    again = keras.optimizers.deserialize(keras.optimizers.serialize(optimizer(cycle)))
    assert isinstance(again, CycledSGD) and again.min_momentum == 0.85
    piecewise = {"type": "piecewise", "boundaries": [2], "values": [1, 0.5], "unit": "epoch", "warm_up": 1}
    made = optimizer(piecewise)._learning_rate
    copy = keras.optimizers.schedules.deserialize(keras.optimizers.schedules.serialize(made))
    assert [float(copy(step)) for step in (0, 9, 15, 25)] == [float(made(step)) for step in (0, 9, 15, 25)]


@pytest.mark.parametrize("name", entries("schedules"))
def test_every_schedule_trains_in_the_compiled_loop(name: str, tmp_path: Path) -> None:
    values = {"boundaries": "[5, 9]", "values": "[0.1, 0.05, 0.01]"}
    needed = [key for key, argument in entries("schedules")[name].arguments.items() if argument.required]
    given = ", ".join(f"{key}: {values.get(key, 0.5 if key.endswith('rate') else 7)}" for key in needed)
    (tmp_path / "net.yaml").write_text(f"{TEXT}training: {{epochs: 2, schedule: {{type: {name}, {given}}}}}\n")
    config = piste.load_config(tmp_path / "net.yaml", ["export.formats=[]", "health=false"])
    history = piste.train(config, tmp_path / "run").history
    assert all(np.isfinite(epoch["loss"]) for epoch in history)


def test_performance_halves_the_rate_on_a_plateau(tmp_path: Path) -> None:
    schedule = "{type: performance, monitor: loss, patience: 1, min_delta: 1000}"
    (tmp_path / "net.yaml").write_text(f"{TEXT}training: {{epochs: 4, schedule: {schedule}}}\n")
    config = piste.load_config(tmp_path / "net.yaml", ["export.formats=[]", "health=false"])
    history = piste.train(config, tmp_path / "run").history
    assert [epoch["learning_rate"] for epoch in history] == pytest.approx([0.01, 0.01, 0.005, 0.0025])


@pytest.mark.parametrize(
    ("training", "words"),
    [
        (
            "{schedule: {type: piecewise, boundaries: [3, 2], values: [1, 2, 3]}}",
            "`training.schedule.boundaries` must increase. Received: 3, 2.",
        ),
        (
            "{schedule: {type: piecewise, boundaries: [3], values: [1]}}",
            "`training.schedule.values` must have 2 items, one more than `boundaries`. Received: 1.",
        ),
        (
            "{schedule: {type: one_cycle, max_rate: 1, max_momentum: 0.9}}",
            "must have `min_momentum` and `max_momentum`, or neither. Received: max_momentum 0.9, min_momentum null.",
        ),
        (
            "{schedule: {type: one_cycle, max_rate: 1, max_momentum: 0.8, min_momentum: 0.9}}",
            "must have `min_momentum` at most `max_momentum`. Received: max_momentum 0.8, min_momentum 0.9.",
        ),
        (
            "{optimizer: nadam, schedule: {type: one_cycle, max_rate: 1, max_momentum: 0.9, min_momentum: 0.8}}",
            "needs the optimizer `sgd`, whose momentum may change by step. Received: nadam.",
        ),
        (
            "{optimizer: {type: sgd, momentum: 0.9}, "
            "schedule: {type: one_cycle, max_rate: 1, max_momentum: 0.9, min_momentum: 0.8}}",
            "`training.optimizer.momentum` must not be set together with the schedule's `max_momentum`: remove one.",
        ),
        (
            "{schedule: {type: performance, monitor: val_acuracy}}",
            "`training.schedule.monitor` must be a figure of an epoch. Received: val_acuracy. Did you mean `val_accur",
        ),
        (
            "{schedule: {type: power, initial_learning_rate: 1, decay_steps: 9, unit: epochs}}",
            "`training.schedule.unit` must be one of step, epoch. Received: epochs. Did you mean `epoch`?",
        ),
    ],
)
def test_what_is_wrong_is_said_in_its_place(tmp_path: Path, training: str, words: str) -> None:
    (tmp_path / "net.yaml").write_text(f"{TEXT}training: {training}\n")
    with pytest.raises(ConfigProblems) as caught:
        piste.load_config(tmp_path / "net.yaml")
    assert words in str(caught.value)


def test_performance_without_validation_is_refused(tmp_path: Path) -> None:
    (tmp_path / "net.yaml").write_text(f"{TEXT}training: {{schedule: performance}}\n")
    with pytest.raises(ConfigProblems, match=r"needs validation samples, but `data\.validation` is null"):
        piste.load_config(tmp_path / "net.yaml", ["data.validation=null"])


def test_the_optimizer_gets_its_arguments() -> None:
    wanted = read_component("optimizers", {"type": "adam", "learning_rate": 0.25, "clipnorm": 2.0})
    made = make_optimizer(Training(optimizer=wanted), 1)
    assert isinstance(made, keras.optimizers.Adam)
    assert (float(made.learning_rate), made.clipnorm) == (0.25, 2.0)
