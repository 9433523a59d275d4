"""What a monitor logs reaches the callbacks after it: Keras's TensorBoard and CSVLogger."""

import csv
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

from piste.callbacks import HealthMonitor

LOGGED = {"grad_norm", "depth_score", "update_ratio", "dead_share", "findings"}


def train(*callbacks: Any) -> dict[str, list[float]]:
    """Keras's history of two epochs of four steps."""
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input((4,)), layers.Dense(6, "relu", name="hidden"), layers.Dense(1, name="head")])
    model.compile("sgd", "mse")
    x = np.random.default_rng(0).normal(size=(32, 4)).astype("float32")
    history: dict[str, list[float]]
    history = model.fit(x, x[:, :1], batch_size=8, epochs=2, verbose=0, callbacks=list(callbacks)).history
    return history


def events(folder: Path) -> dict[str, dict[int, Any]]:
    """Tag -> step -> value in TensorBoard's files."""
    found: dict[str, dict[int, Any]] = {}
    for file in (folder / "train").iterdir():
        for raw in tf.data.TFRecordDataset(str(file)).as_numpy_iterator():
            event = tf.compat.v1.Event.FromString(raw)
            for value in event.summary.value:
                found.setdefault(value.tag, {})[event.step] = value.tensor
    return found


@pytest.mark.parametrize("histograms", [0, 1])
def test_tensorboard_shows_what_is_logged(tmp_path: Path, histograms: int) -> None:
    health, board = HealthMonitor(every=2, window=8), keras.callbacks.TensorBoard(tmp_path, histogram_freq=histograms)
    history = train(health, board)
    assert set(history) >= LOGGED
    found = events(tmp_path)
    for name in LOGGED | {"loss"}:
        values = [float(tf.make_ndarray(found[f"epoch_{name}"][epoch])) for epoch in (0, 1)]
        assert values == pytest.approx(history[name], rel=1e-6), name
        assert np.isfinite(values).all(), name
    assert [tag for tag in found if tag.endswith("hidden/kernel/histogram")] != [] or not histograms
    assert len([record for record in health.records if record["epoch"] == 2]) == 2


def test_the_order_of_the_callbacks_decides(tmp_path: Path) -> None:
    board, table = keras.callbacks.TensorBoard(tmp_path), keras.callbacks.CSVLogger(tmp_path / "before.csv")
    history = train(board, table, HealthMonitor(every=2), keras.callbacks.CSVLogger(tmp_path / "after.csv"))
    assert set(history) == LOGGED | {"loss"}
    assert {tag for tag in events(tmp_path) if tag.startswith("epoch_")} == {"epoch_loss", "epoch_learning_rate"}
    columns = {}
    for name in ("before", "after"):
        with (tmp_path / f"{name}.csv").open(newline="") as lines:
            columns[name] = set(next(csv.reader(lines)))
    assert columns["after"] >= LOGGED and not columns["before"] & LOGGED
