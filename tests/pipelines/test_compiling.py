"""From `training` to a compiled model, and the losses and metrics that do not fit."""

from types import SimpleNamespace
from typing import Any

import keras
import numpy as np
import pytest
from keras import layers

from piste.pipelines.compiling import compile_model
from piste.pipelines.config.components import Component
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
