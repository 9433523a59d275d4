from typing import Any

import pytest

from piste.pipelines.config.schema.early_stopping import EarlyStopping
from piste.pipelines.report import kept_epoch


def run(*values: Any, name: str = "val_loss") -> list[dict[str, Any]]:
    return [{"epoch": epoch, name: value} for epoch, value in enumerate(values, start=1)]


@pytest.mark.parametrize(
    ("values", "stopping", "epoch"),
    [
        ((3.0, 1.0, 2.0), {}, 2),
        ((3.0, 1.0, 2.0), {"restore_best_weights": False}, 3),
        ((3.0, 1.0, 0.95), {"min_delta": 0.1}, 2),
        ((1.0, 1.0, 1.0), {}, 1),
        (("nan", 2.0, "inf"), {}, 2),
        (("nan", "nan"), {}, 1),
        ((1.0, 3.0, 2.0), {"mode": "max"}, 2),
        ((1.0, 1.05, 1.2), {"mode": "max", "min_delta": 0.1}, 3),
    ],
)
def test_the_epoch_that_keras_restores(values: tuple[Any, ...], stopping: dict[str, Any], epoch: int) -> None:
    kept = kept_epoch(run(*values), EarlyStopping(**stopping))
    assert kept is not None and kept["epoch"] == epoch


def test_a_figure_that_was_never_logged_restores_nothing() -> None:
    kept = kept_epoch(run(1.0, 2.0, name="loss"), EarlyStopping())
    assert kept is not None and kept["epoch"] == 2


def test_what_cannot_be_told_is_none() -> None:
    assert kept_epoch([], None) is None
    assert kept_epoch(run(0.5, 0.4, name="val_accuracy"), EarlyStopping(monitor="val_accuracy")) is None
