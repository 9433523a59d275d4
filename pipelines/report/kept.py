"""Which epoch's weights a run kept, so that the headline shows that epoch's figures."""

from collections.abc import Mapping, Sequence
from typing import Any

from piste.callbacks.report.numbers import finite
from piste.pipelines.config.schema.early_stopping import EarlyStopping

Epoch = Mapping[str, Any]


def kept_epoch(history: Sequence[Epoch], stopping: EarlyStopping | None) -> Epoch | None:
    """Returns the epoch whose weights were kept: the last, or the best where early stopping restores it.

    Args:
        history: one object an epoch, as in metrics.jsonl.
        stopping: the config's section, None where early stopping is off.

    Returns:
        The epoch's object. None without an epoch, and where the best epoch cannot be told: a figure other than a loss
        with the mode "auto" is judged by Keras, which knows the direction of every metric.

    Example:
        >>> epochs = [{"epoch": 1, "val_loss": 0.5}, {"epoch": 2, "val_loss": 0.4}, {"epoch": 3, "val_loss": 0.6}]
        >>> kept_epoch(epochs, EarlyStopping())["epoch"], kept_epoch(epochs, None)["epoch"]
        (2, 3)
    """
    if not history:
        return None
    if stopping is None or not stopping.restore_best_weights:
        return history[-1]
    if stopping.mode == "auto" and not stopping.monitor.endswith("loss"):
        return None
    sign = -1.0 if stopping.mode == "max" else 1.0
    judged = [epoch for epoch in history if stopping.monitor in epoch]
    best: float | None = None
    kept = judged[0] if judged else history[-1]
    for epoch in judged:
        for value in finite([epoch[stopping.monitor]]):
            if best is None or sign * value + stopping.min_delta < best:
                best, kept = sign * value, epoch
    return kept
