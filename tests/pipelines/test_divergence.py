"""Training stops soon after the loss is no longer a number."""

import math
from types import SimpleNamespace
from typing import Any

import pytest

from piste.pipelines.divergence import StopOnDivergence


def watching() -> Any:
    callback = StopOnDivergence()
    callback.set_model(SimpleNamespace(stop_training=False))
    callback.on_epoch_begin(2)
    return callback


@pytest.mark.parametrize("loss", [math.nan, math.inf, -math.inf])
def test_a_loss_that_is_no_number_stops_training_and_names_the_epoch(loss: float) -> None:
    callback = watching()
    callback.on_train_batch_end(0, {"loss": 3.0})
    assert (callback.epoch, callback.model.stop_training) == (None, False)
    callback.on_train_batch_end(1, {"loss": loss})
    assert (callback.epoch, callback.model.stop_training) == (3, True)


def test_no_figures_say_nothing() -> None:
    callback = watching()
    callback.on_train_batch_end(0, None)
    callback.on_train_batch_end(0, {"accuracy": 0.5})
    assert callback.epoch is None
