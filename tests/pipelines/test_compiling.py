"""From `training` to a compiled model, and the losses and metrics that do not fit."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import keras
import numpy as np
import pytest
from keras import layers

from piste.pipelines.build import build
from piste.pipelines.compiling import compile_model
from piste.pipelines.config.components import Component
from piste.pipelines.config.load import load_config
from piste.pipelines.config.schema.training import Training
from piste.pipelines.data.dataset import Arrays, Data
from piste.pipelines.errors import ConfigError
from piste.pipelines.schedules.one_cycle import OneCycle

CLASSES = Data(
    "d", "classification", Arrays(np.ones((5, 4), "float32"), np.arange(5, dtype="int32") % 3), None, None,
    ("0", "1", "2"), "0" * 64,
)  # fmt: skip
TARGETS = Data(
    "d", "regression", Arrays(np.ones((5, 4), "float32"), np.ones((5, 2), "float32")), None, None, None, "0" * 64
)


def config(**training: Any) -> Any:
    return SimpleNamespace(
        training=Training(**training),
        data=SimpleNamespace(batch_size=2),
        origin=lambda key: "my.yaml:4:9" if key == "training.loss" else None,
    )


def net(outputs: int, activation: str | None = None) -> Any:
    return keras.Sequential([keras.Input((4,)), layers.Dense(outputs, activation)])


@pytest.mark.parametrize(
    ("data", "outputs", "activation", "names"),
    [(CLASSES, 3, "softmax", {"loss", "accuracy"}), (TARGETS, 2, None, {"loss", "mean_absolute_error"})],
)
def test_auto_chooses_by_the_task(data: Data, outputs: int, activation: str | None, names: set[str]) -> None:
    model = net(outputs, activation)
    compile_model(model, config(), data)
    assert set(model.evaluate(data.train.x, data.train.y, verbose=0, return_dict=True)) == names


def test_a_loss_that_does_not_fit_is_an_error_of_the_config() -> None:
    with pytest.raises(ConfigError) as caught:
        compile_model(net(3, "softmax"), config(loss=Component(type="categorical_crossentropy")), CLASSES)
    assert str(caught.value).startswith(
        "my.yaml:4:9: `training.loss` must take the model's output, shape ('batch', 3), and targets of shape "
        "('batch',). Received from Keras: "
    )
    assert caught.value.exit_code == 3
    assert "\n" not in str(caught.value)


def test_one_cycle_learns_the_number_of_steps() -> None:
    # 5 samples in batches of 2 are 3 steps an epoch.
    model = net(3, "softmax")
    compile_model(model, config(epochs=4, schedule=Component(type="one_cycle", arguments={"max_rate": 0.5})), CLASSES)
    schedule = model.optimizer._learning_rate
    assert isinstance(schedule, OneCycle)
    assert (schedule.max_rate, schedule.steps) == (0.5, 12)


def test_weights_that_do_not_decay(tmp_path: Path) -> None:
    """With a gradient of 0 AdamW multiplies a weight by 1 - rate * decay, and leaves those alone that are excluded."""
    (tmp_path / "net.yaml").write_text(
        """data: {source: synthetic, kind: circles}
model: {type: mlp, hidden: [3], activation: prelu}
training:
  optimizer: {type: adamw, learning_rate: 0.1, weight_decay: 0.5}
  no_weight_decay: ["*/bias", "dense_1_act/*"]
"""
    )
    model = build(load_config(tmp_path / "net.yaml"))
    before = {variable.path: variable.numpy() for variable in model.trainable_variables}
    model.optimizer.build(model.trainable_variables)
    model.optimizer.apply([keras.ops.zeros_like(variable) for variable in model.trainable_variables])
    for variable in model.trainable_variables:
        factor = 0.95 if variable.path.endswith("kernel") else 1.0
        np.testing.assert_allclose(variable, factor * before[variable.path], rtol=1e-6, err_msg=variable.path)
    assert before["dense_1_act/alpha"].all()


@pytest.mark.parametrize(
    ("override", "words"),
    [
        ("training.no_weight_decay=[gamma]", "a pattern must mean a trained weight, such as dense_1/kernel"),
        ("training.optimizer=sgd", "`training.no_weight_decay` has no effect: the optimizer has no `weight_decay`"),
    ],
)
def test_weight_decay_that_excludes_nothing(tmp_path: Path, override: str, words: str) -> None:
    (tmp_path / "net.yaml").write_text(
        """data: {source: synthetic, kind: circles}
model: {type: mlp, hidden: [3]}
training: {optimizer: adamw, no_weight_decay: ["*/bias"]}
"""
    )
    with pytest.raises(ConfigError, match=words):
        build(load_config(tmp_path / "net.yaml", [override]))
