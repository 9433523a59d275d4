"""Learning curves: what Keras logged at the end of every epoch."""

from collections.abc import Mapping, Sequence
from typing import Any

from piste.callbacks.report.chart import Chart, y_scale
from piste.callbacks.report.numbers import compact, finite, show

Epoch = Mapping[str, Any]
NOT_METRICS = {
    "epoch",
    "stage",
    "seconds",
    "learning_rate",
    "grad_norm",
    "depth_score",
    "update_ratio",
    "dead_share",
    "findings",
}


def learning_curves(history: Sequence[Epoch]) -> list[Chart]:
    """Makes a chart of the loss, of each metric and of the learning rate.

    Args:
        history: one object an epoch, as in metrics.jsonl: "epoch" from 1, "loss", metrics, "val_" and a metric's name
            for the same on the validation part, "learning_rate".

    Returns:
        The charts, the loss first; none without an epoch.

    Example:
        >>> [chart.title for chart in learning_curves([{"epoch": 1, "accuracy": 0.5, "loss": 1.2, "val_loss": 1.3}])]
        ['Loss', 'Accuracy']
    """
    names = list(dict.fromkeys(name for epoch in history for name in epoch))
    metrics = [name for name in names if name not in NOT_METRICS and not name.startswith("val_")]
    metrics.sort(key=lambda name: name != "loss")
    charts = [_metric(history, name) for name in metrics]
    return charts + ([_learning_rate(history)] if "learning_rate" in names else [])


def best_epoch(history: Sequence[Epoch], name: str) -> tuple[int, float] | None:
    """Returns the epoch, from 1, at which a loss was lowest, and that loss; None where it never was a number."""
    values = [(float(epoch[name]), int(epoch["epoch"])) for epoch in history if finite([epoch.get(name)])]
    if not values:
        return None
    value, epoch = min(values)
    return epoch, value


def _metric(history: Sequence[Epoch], name: str) -> Chart:
    held_out = f"val_{name}"
    series = [("training", name)] + ([("validation", held_out)] if any(held_out in epoch for epoch in history) else [])
    title = name.replace("_", " ").capitalize()
    note = "Training is the mean over the epoch while weights changed; validation is measured at its end."
    best = best_epoch(history, held_out) if name == "loss" else None
    if best is not None:
        note += f" Validation was lowest at epoch {best[0]}."
    return _chart(history, f"curve_{name}", title, note if len(series) > 1 else "The mean over each epoch.", series)


def _learning_rate(history: Sequence[Epoch]) -> Chart:
    return _chart(
        history, "curve_learning_rate", "Learning rate", "At the end of each epoch.", [("rate", "learning_rate")]
    )


def _chart(history: Sequence[Epoch], name: str, title: str, note: str, series: list[tuple[str, str]]) -> Chart:
    values = {label: [compact(epoch.get(key)) for epoch in history] for label, key in series}
    numbers = finite(value for line in values.values() for value in line)
    epochs = [int(epoch["epoch"]) for epoch in history]
    ends = ", ".join(f"{label} {show(line[-1])}" for label, line in values.items())
    return Chart(
        name=name,
        kind="lines",
        title=title,
        note=note,
        label=f"{title} over {len(epochs)} epochs; at the end {ends}.",
        data={
            "x": epochs,
            "x_label": "epoch",
            "y_label": title.lower(),
            "scale": y_scale(numbers),
            "colours": "curves",
            "series": [{"name": label, "values": line} for label, line in values.items()],
        },
        columns=("epoch", *values),
        rows=[(str(epoch), *map(show, cells)) for epoch, *cells in zip(epochs, *values.values(), strict=True)],
    )
