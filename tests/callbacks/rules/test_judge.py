"""Findings over time: carried from check to check, and the same live and from a file."""

import dataclasses
import json
import subprocess
import sys
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from piste.callbacks.findings import Finding, follow
from piste.callbacks.judging import judge
from piste.callbacks.rules import UNIT_RULES, dead, vanishing

LIVE = """
import json, sys
from piste.callbacks.judging import judge
print([finding.rule for finding in judge(map(json.loads, open(sys.argv[1])))])
assert not {"tensorflow", "keras"} & sys.modules.keys()
"""


def test_findings_close_and_open_again_with_their_first_step() -> None:
    first = Finding("DEAD", "act", "info", 1, 50, 50, {}, (), "", {})
    open_now = follow([], [first])
    closed = follow(open_now, [])
    assert [finding.closed for finding in closed] == [True]
    assert follow(closed, []) == closed
    again = dataclasses.replace(first, severity="critical", epoch=3, step=200, last_step=200)
    other = dataclasses.replace(first, layer="act_2")
    found = follow(closed, [again, other])
    assert [(f.layer, f.severity, f.epoch, f.step, f.last_step, f.closed) for f in found] == [
        ("act", "critical", 1, 50, 200, False),
        ("act_2", "info", 1, 50, 50, False),
    ]


def test_a_replay_goes_check_by_check(make: Any, make_units: Any) -> None:
    records = [make(50 * place, make_units(count)) for place, count in enumerate([60, 95, 5], 1)]
    assert [(f.severity, f.step, f.last_step, f.closed) for f in judge(records[:2])] == [("critical", 50, 100, False)]
    assert [(f.severity, f.step, f.last_step, f.closed) for f in judge(records)] == [("critical", 50, 100, True)]
    assert judge([]) == []


def test_rules_and_thresholds_can_be_chosen(make: Any, make_profile: Any) -> None:
    records = [make(step, make_profile(1e-5, 1.0)) for step in range(1, 6)]
    assert [finding.rule for finding in judge(records)] == ["VANISHING"]
    assert judge(records, UNIT_RULES) == judge(records, [partial(vanishing, decades=-6.0)]) == []
    assert len(judge(records, [partial(vanishing, decades=-4.0)])) == 1
    assert judge(records, []) == []


def test_records_from_a_file_give_the_same_findings(faults: dict[str, Any], tmp_path: Path) -> None:
    for name, records in faults.items():
        lines = "".join(json.dumps(record) + "\n" for record in records)
        assert judge(map(json.loads, lines.splitlines())) == judge(records), name


def test_judging_needs_no_tensorflow(make: Any, make_units: Any, tmp_path: Path) -> None:
    (tmp_path / "health.jsonl").write_text(json.dumps(make(50, make_units(95))) + "\n")
    command = [sys.executable, "-c", LIVE, str(tmp_path / "health.jsonl")]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == "['DEAD']\n"


@pytest.mark.parametrize(("bias", "rate"), [(-9.0, 0.01), (0.0, 1e6)], ids=["dead", "not finite"])
def test_a_live_run_and_its_file_give_the_same_findings(bias: float, rate: float, tmp_path: Path) -> None:
    import keras

    from piste.callbacks import HealthMonitor

    keras.utils.set_random_seed(1)
    start = keras.initializers.Constant(bias)
    hidden = [keras.layers.Dense(8, "relu", bias_initializer=start, name=f"hidden_{n}") for n in (1, 2)]
    model = keras.Sequential([keras.Input((4,)), *hidden, keras.layers.Dense(1, name="head")])
    model.compile(keras.optimizers.SGD(rate), "mse")
    random = np.random.default_rng(0)
    x, y = random.normal(size=(256, 4)), random.normal(size=(256, 1))
    health = HealthMonitor(every=4, window=64, file=tmp_path / "health.jsonl")
    model.fit(x, y, batch_size=16, epochs=2, verbose=0, callbacks=[health])
    lines = (tmp_path / "health.jsonl").read_text().splitlines()
    assert judge(map(json.loads, lines)) == health.findings
    rules = {finding.rule for finding in health.findings}
    assert rules >= ({"DEAD", "NO_GRADIENT"} if bias else {"NONFINITE"})


def test_a_long_run_is_judged_quickly_enough_to_be_judged_at_every_check(make: Any, make_units: Any) -> None:
    calls = 0

    class Counting(dict[str, Any]):
        def __getitem__(self, key: str) -> Any:
            nonlocal calls
            calls += 1
            return super().__getitem__(key)

    def cost(length: int) -> int:
        nonlocal calls
        records = [Counting(make(50 * place, make_units(3))) for place in range(1, length + 1)]
        calls = 0
        dead(records)
        vanishing(records)
        return calls

    assert cost(2000) <= cost(200) + 10  # only the search for a number that is not finite knows the length
