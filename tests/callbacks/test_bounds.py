"""What a monitor keeps grows with layers and units, never with steps."""

import tracemalloc
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from keras import layers

from piste.callbacks import HealthMonitor
from piste.pipelines.data.dataset import Arrays
from piste.pipelines.loop.fit import fit

X = np.random.default_rng(0).normal(size=(128, 4)).astype("float32")
Y = np.random.default_rng(1).normal(size=(128, 1)).astype("float32")


def net(units: int = 6) -> Any:
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input((4,)), layers.Dense(units, "elu", name="hidden"), layers.Dense(1)])
    model.compile(keras.optimizers.SGD(1e-3), "mse")
    return model


class Memory(keras.callbacks.Callback):
    """Bytes that Python holds at the ends of some epochs."""

    def __init__(self, *epochs: int) -> None:
        super().__init__()
        self.epochs, self.held = epochs, list[int]()

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        if epoch + 1 in self.epochs:
            self.held.append(tracemalloc.get_traced_memory()[0])


@pytest.mark.slow
def test_a_thousand_epochs_keep_bounded_files_and_memory(tmp_path: Path) -> None:
    watch = HealthMonitor(every=1, window=128, file=tmp_path / "health.jsonl")
    memory = Memory(700, 1000)
    tracemalloc.start()
    try:
        fit(net(), Arrays(X, Y), epochs=1_000, batch_size=16, callbacks=[watch, memory])
    finally:
        tracemalloc.stop()
    lines = (tmp_path / "health.jsonl").read_text().splitlines()
    assert len(watch.records) == len(lines)
    # 8,000 steps: the period doubles at check 1,000 and at each further hundred.
    assert 1_000 < len(lines) <= 2_000
    assert watch.records[-1]["step"] > 7_000
    assert len(list((tmp_path / "health_units").glob("*.npz"))) == 100
    late = len([record for record in watch.records if record["epoch"] > 700])
    grown = memory.held[1] - memory.held[0]
    # History keeps a number an epoch and key; a record of two layers is some kilobytes.
    assert grown < 300 * 2_000 + late * 8_000


@pytest.mark.parametrize("units", [100, 100_000])
def test_what_is_held_and_copied_is_what_the_figures_take(units: int) -> None:
    watch = HealthMonitor()
    model = net(units)
    fit(model, Arrays(X[:32], Y[:32]), epochs=1, batch_size=32, callbacks=[watch])
    instrument = HealthMonitor().lend_instrument(model)
    step = instrument.trace(model.train_step, 1)
    step((X[:32], Y[:32]))
    held, copied = instrument.bytes_held
    figures = sum(len(part) for part in watch.records[0]["layers"].values())
    # Four numbers a unit, those of the record, and a few of the whole model.
    assert 16 * units <= copied <= 16 * units + 4 * figures + 100
    assert held <= (instrument.capacity + 1) * copied + 4 * units + 100
    assert held <= 20_000_000


@pytest.mark.parametrize("mode", ["model.fit", "fused", "graph"])
@pytest.mark.parametrize("entries", [1, 1 << 22])
def test_no_check_is_lost_when_the_memory_is_full(mode: str, entries: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Room is for 4 checks or for 64, and calls of the compiled loop end where it is full."""
    monkeypatch.setattr("piste.callbacks.memory.RING_ENTRIES", entries)
    watch, steps = HealthMonitor(every=1), 150
    x, y = np.tile(X, (3, 1))[: 2 * steps], np.tile(Y, (3, 1))[: 2 * steps]
    if mode == "model.fit":
        net().fit(x, y, batch_size=2, verbose=0, callbacks=[watch])
    else:
        fit(net(), Arrays(x, y), epochs=1, batch_size=2, mode=mode, callbacks=[watch])
    assert [record["step"] for record in watch.records] == list(range(1, steps + 1))
