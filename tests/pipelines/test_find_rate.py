"""`piste find-rate` in one process: what it says, writes and refuses, and what decides its figures."""

import json
import signal
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from piste import RateTest, find_rate, load_config
from piste.cli import main
from piste.pipelines.rates.recorder import Recorder

CONFIG = """seed: 3
data: {source: synthetic, kind: circles, samples: 400, test_samples: 50, batch_size: 8}
model: {type: mlp, hidden: [8, 8], activation: tanh}
training: {epochs: 2, optimizer: {type: sgd, momentum: 0.9, learning_rate: 0.01, clipnorm: 1.0}}
"""
LINE = ["--set", "data={source: synthetic, kind: regression, features: 1, batch_size: 8}"]
Captured = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("net.yaml").write_text(CONFIG, encoding="utf-8")


def found(*overrides: str, **arguments: Any) -> RateTest:
    return find_rate(load_config("net.yaml", ["training.mode=graph", *overrides]), **arguments)


def same(one: RateTest, other: RateTest) -> bool:
    return bool(np.array_equal(one.losses, other.losses) and np.array_equal(one.rates, other.rates))


def test_it_says_writes_and_numbers(capsys: Captured) -> None:
    whys = {"auto": "fused (the data fits and XLA compiles every layer)", "graph": "graph (the config asks for it)"}
    for number, (mode, why) in enumerate(whys.items(), start=1):
        assert main(["find-rate", "net.yaml", "--set", f"training.mode={mode}"]) == 0
        captured = capsys.readouterr()
        assert captured.err == ""
        first, second, *_, last = captured.out.splitlines()
        assert first == f"net: 45 steps of 8 samples, rates 1e-05 to 10, {why}"
        assert second.startswith("The loss d")
        assert last == f"page: runs/find-rate-net-00{number}.html"
    assert "hidden: [8, 8]" in Path("runs/find-rate-net-001.html").read_text("utf-8")
    assert sorted(path.name for path in Path("runs").iterdir()) == ["find-rate-net-001.html", "find-rate-net-002.html"]


def test_json_holds_the_whole_test(capsys: Captured) -> None:
    arguments = ["--min", "1e-3", "--max", "1e30", "--epochs", "2", "--batch-size", "4", "--out", "here/it.html"]
    settings = ["--set", "training.optimizer={type: sgd}", "--set", "model.activation=relu"]
    assert main(["find-rate", "net.yaml", *arguments, *settings, "--format", "json"]) == 0
    captured = capsys.readouterr()
    assert captured.err.startswith("net: 180 steps of 4 samples")
    facts = json.loads(captured.out)
    assert facts["steps"] == 180 and facts["page"] == "here/it.html" and Path("here/it.html").is_file()
    assert len(facts["rates"]) == len(facts["losses"]) == len(facts["smoothed"]) < 180
    assert facts["rates"][0] == pytest.approx(1e-3) and facts["diverged_at"] == facts["rates"][-1]
    if facts["turn"] is not None:
        assert facts["changes"][0] == {"training.optimizer.learning_rate": facts["suggestion"]}


def test_the_same_seed_gives_the_same_losses_in_the_compiled_loop() -> None:
    assert same(find_rate(load_config("net.yaml")), find_rate(load_config("net.yaml")))


def test_the_rate_and_the_schedule_make_no_difference_and_all_else_does() -> None:
    first = found()
    assert same(first, found("training.optimizer.learning_rate=0.5"))
    assert same(first, found("training.schedule={type: power, initial_learning_rate: 0.1, decay_steps: 9}"))
    for setting in ("training.optimizer.momentum=0.0", "training.optimizer.clipnorm=null"):
        assert not same(first, found(setting)), setting


def test_of_1cycles_momenta_the_greatest_stays() -> None:
    constant = found()
    Path("net.yaml").write_text(CONFIG.replace("momentum: 0.9, ", ""), encoding="utf-8")
    cycle = "{type: one_cycle, max_rate: 0.1, max_momentum: 0.9, min_momentum: 0.8}"
    assert same(constant, found(f"training.schedule={cycle}"))
    assert not same(constant, found())


def test_a_batch_size_of_its_own_is_that_of_the_config() -> None:
    assert same(found(batch_size=16), found("data.batch_size=16"))


@pytest.mark.parametrize("mode", ["fused", "stream"])
def test_modes_agree_up_to_rounding(mode: str) -> None:
    graph, other = found(max_rate=0.1), found(f"training.mode={mode}", max_rate=0.1)
    np.testing.assert_allclose(other.losses, graph.losses, rtol=1e-3)


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["--min", "1", "--max", "0.1"], 2, "from a `min` above 0 to a larger, finite `max`. Received: min 1 and max"),
        (["--min", "0"], 2, "Received: min 0 and max 10."),
        (["--epochs", "0"], 2, "at least 1 epoch. Received: 0."),
        (["--batch-size", "0"], 2, "at least 1 sample. Received: a batch size of 0."),
        (["--factor", "1"], 2, "must be above 1. Received: 1."),
        (["--batch-size", "100"], 2, "Received: 1 x ceil(360 / 100) = 4; ask for 3 epochs or smaller batches."),
        (["--min", "low"], 2, "'low' is not a valid float"),
        (["--out", "net.yaml"], 6, "`--out` must name a file that does not exist. Received: net.yaml; choose another."),
        (["--set", "training.epoch=1"], 3, "Did you mean `epochs`?"),
        (
            [*LINE, "--set", "model={layers: [flatten]}"],
            3,
            "to train. Received: a model in which all are frozen",
        ),
    ],
)
def test_what_it_refuses(arguments: list[str], code: int, words: str, capsys: Captured) -> None:
    assert main(["find-rate", "net.yaml", *arguments]) == code
    captured = capsys.readouterr()
    assert words in captured.err and "Traceback" not in captured.err
    assert not Path("runs").exists()
    assert Path("net.yaml").read_text(encoding="utf-8") == CONFIG


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interrupt_writes_nothing(
    number: signal.Signals, code: int, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    take = Recorder.on_train_batch_end

    def interrupted(self: Recorder, batch: int, logs: Any = None) -> None:
        signal.raise_signal(number)
        take(self, batch, logs)

    monkeypatch.setattr(signal, "getsignal", lambda number: signal.SIG_DFL)
    monkeypatch.setattr(Recorder, "on_train_batch_end", interrupted)
    assert main(["find-rate", "net.yaml", "--set", "training.mode=graph"]) == code
    assert capsys.readouterr().err == "interrupted\n"
    assert not Path("runs").exists()


def test_it_tests_the_first_stage_from_the_transferred_weights() -> None:
    plain = found("training={stages: [{epochs: 1}, {epochs: 1, freeze: [dense_1]}]}", max_rate=0.1)
    frozen = found("training={stages: [{epochs: 1, freeze: [dense_1]}, {epochs: 1}]}", max_rate=0.1)
    assert plain.losses[0] == frozen.losses[0] and not same(plain, frozen)
    np.savez("given.npz", **{"dense_1/kernel": np.zeros((2, 8), "float32"), "dense_1/bias": np.zeros(8, "float32")})  # type: ignore[arg-type]
    moved = found("transfer={weights: given.npz, layers: [dense_1]}", max_rate=0.1)
    # All inputs look alike to the second layer: the loss begins at that of a guess.
    assert moved.losses[0] == pytest.approx(np.log(2), abs=1e-6)
