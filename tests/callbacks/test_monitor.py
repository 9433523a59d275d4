"""What a monitor does with findings, with arguments and in long runs."""

import json
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from piste.callbacks import GradientMonitor, HealthMonitor
from piste.callbacks.chance import chance_loss
from piste.callbacks.findings import Finding


def train(monitor: Any) -> None:
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1)])
    model.compile("sgd", "mse")
    model.fit(np.ones((32, 4)), np.ones((32, 1)), batch_size=8, verbose=0, callbacks=[monitor])


def failing(records: Any) -> list[Any]:

    step = records[-1]["step"]
    severity: Any = "info" if step == 1 else "warning"
    return [Finding(f"R{step}", None, severity, 1, step, step, {}, (), "", {})]


def test_the_action_stops_training_or_is_called_with_every_new_finding() -> None:
    stop = HealthMonitor(every=1, rules=[failing], action="stop")
    train(stop)
    assert [record["step"] for record in stop.records] == [1, 2]
    seen: list[Any] = []
    train(HealthMonitor(every=2, rules=[failing], action=seen.append))
    assert [(finding.rule, finding.severity) for finding in seen] == [
        ("R1", "info"),
        ("R2", "warning"),
        ("R4", "warning"),
    ]


def test_a_fit_may_go_on_where_the_last_one_ended(tmp_path: Path) -> None:
    monitor = HealthMonitor(every=2, rules=[failing], file=tmp_path / "health.jsonl")

    def written() -> list[int]:
        return [json.loads(line)["step"] for line in (tmp_path / "health.jsonl").read_text().splitlines()]

    train(monitor)
    monitor.continue_after(4)
    train(monitor)  # with an optimizer of its own, which counts from 0
    assert written() == [1, 2, 4, 5, 6, 8]
    assert [record["step"] for record in monitor.records] == [5, 6, 8]
    assert [finding.rule for finding in monitor.findings] == ["R1", "R2", "R4", "R5", "R6", "R8"]
    assert [finding.closed for finding in monitor.findings] == [True] * 5 + [False]
    train(monitor)
    assert written() == [1, 2, 4] and monitor.findings[0].rule == "R1" and len(monitor.findings) == 3


@pytest.mark.parametrize(
    ("arguments", "counts"),
    [
        ({"every": 1}, [*range(1, 8)] + [8] * 8 + [16] * 4 + [19]),
        ({"every": 2}, [1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 8, 8, 8, 8, 10]),
        ({"every": 1, "action": "stop"}, [*range(1, 20), 19]),
        ({"every": 1, "action": print}, [*range(1, 20), 19]),
    ],
)
def test_checks_close_together_are_read_a_few_at_a_time_unless_something_acts_on_them(
    arguments: dict[str, Any], counts: list[int]
) -> None:
    monitor = HealthMonitor(rules=[], **arguments)
    found: list[int] = []
    count = keras.callbacks.LambdaCallback(
        on_train_batch_end=lambda batch, logs: found.append(len(monitor.records)),
        on_epoch_end=lambda epoch, logs: found.append(len(monitor.records)),
    )
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1)])
    model.compile("sgd", "mse")
    model.fit(np.ones((152, 4)), np.ones((152, 1)), batch_size=8, verbose=0, callbacks=[monitor, count])
    assert found == counts


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"every": 0}, "`every` must be a whole number of at least 1. Received: 0."),
        ({"every": True}, "`every` must be a whole number of at least 1. Received: True."),
        ({"window": 1.5}, "`window` must be a whole number of at least 1. Received: 1.5."),
        ({"action": "halt"}, '`action` must be "report", "stop" or a function of a finding. Received: \'halt\'.'),
    ],
)
def test_wrong_arguments(arguments: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError) as caught:
        HealthMonitor(**arguments)
    assert str(caught.value) == words


def test_the_period_doubles_after_a_thousand_checks() -> None:
    monitor = GradientMonitor(every=50)
    monitor._instrument = instrument = type("Fake", (), {"every": 50, "unseen": [], "read": lambda self: []})()
    for checks, period in ((999, 50), (1000, 100), (1099, 100), (1100, 200), (1999, 50 * 2**10), (2000, 2**30)):
        monitor.records = [{}] * checks
        monitor._take()
        assert instrument.every == period, checks


@pytest.mark.parametrize(
    ("loss", "units", "expected"),
    [
        ("sparse_categorical_crossentropy", 10, np.log(10)),
        (keras.losses.CategoricalCrossentropy(), 4, np.log(4)),
        (keras.losses.binary_crossentropy, 3, np.log(2)),
        ("mse", 10, None),
    ],
)
def test_the_loss_of_a_guess_that_knows_nothing(loss: Any, units: int, expected: float | None) -> None:
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(units)])
    model.compile("sgd", loss)
    assert chance_loss(model) == (None if expected is None else pytest.approx(expected))
