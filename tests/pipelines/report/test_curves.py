import math
from typing import Any

from piste.pipelines.report.curves import best_epoch, learning_curves


def test_the_loss_comes_first_and_the_rate_last() -> None:
    epoch = {"epoch": 1, "learning_rate": 0.1, "accuracy": 0.5, "val_accuracy": 0.4, "loss": 1.0, "top_2": 0.7}
    titles = [chart.title for chart in learning_curves([epoch])]
    assert titles == ["Loss", "Accuracy", "Top 2", "Learning rate"]


def test_what_monitors_log_is_no_metric() -> None:
    logged = {"grad_norm": 1.0, "depth_score": 0.0, "update_ratio": 0.1, "dead_share": 0.0, "findings": 0.0}
    assert learning_curves([{"epoch": 1, "stage": 1, "seconds": 2.0, **logged}]) == []


def test_no_epoch_no_curve() -> None:
    assert learning_curves([]) == []


def test_table_and_label_tell_the_curve() -> None:
    history = [{"epoch": 1, "loss": 2.0}, {"epoch": 2, "loss": 0.123456, "val_loss": math.inf}]
    (chart,) = learning_curves(history)
    assert chart.label == "Loss over 2 epochs; at the end training 0.1235, validation inf."
    assert chart.columns == ("epoch", "training", "validation")
    assert chart.rows == [("1", "2", "not measured"), ("2", "0.1235", "inf")]


def test_a_wide_span_is_logarithmic() -> None:
    scales = [
        learning_curves([{"epoch": 1, "loss": 1000.0}, {"epoch": 2, "loss": last}])[0].data["scale"]
        for last in (1.0, 100.0, -1.0)
    ]
    assert scales == ["log", "linear", "linear"]


def test_the_best_epoch_is_of_finite_numbers() -> None:
    history: list[dict[str, Any]] = [
        {"epoch": 1, "val_loss": 0.5},
        {"epoch": 2, "val_loss": 0.25},
        {"epoch": 3, "val_loss": "nan"},
    ]
    assert best_epoch(history, "val_loss") == (2, 0.25)
    assert best_epoch(history[2:], "val_loss") is None
    assert best_epoch(history, "loss") is None
