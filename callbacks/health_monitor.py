"""Watches gradients and units with one instrument."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from piste.callbacks.monitor import Action, Monitor
from piste.callbacks.rules import GRADIENT_RULES, UNIT_RULES, Rule
from piste.callbacks.summary import gradient_summary, unit_summary


class HealthMonitor(Monitor):
    """GradientMonitor and DeadUnitMonitor in one, for the price of one.

    Logged keys: those of both, and `findings`, the number of findings that are open and not just information.

    Args:
        every: steps between checks; steps 1, 2, 4, 8, ... are checks too.
        window: samples that a count of active units must rest on.
        layers: patterns of layer paths to watch, such as `("dense_*",)`; None watches all.
        exclude: patterns of layer paths to leave out.
        rules: functions from records to findings; None takes all.
        action: "report" collects findings, "stop" ends training at the first that is not just information, and a
            function is called with every new finding.
        file: a JSON-lines file for the records; per-unit shares go to the folder `<file's stem>_units` beside it.
        probe: inputs to measure the activations on in inference too, before the first step and after each epoch: an
            array, a list or dict of arrays, a tf.data.Dataset or a PyDataset. DEAD then rests on these alone.

    Example:
        >>> import keras, numpy as np
        >>> model = keras.Sequential([keras.layers.Dense(8, "elu"), keras.layers.Dense(1)])
        >>> model.compile("sgd", "mse")
        >>> health = HealthMonitor(every=2)
        >>> history = model.fit(np.ones((64, 4)), np.ones((64, 1)), batch_size=16, verbose=0, callbacks=[health])
        >>> len(health.records), health.findings
        (3, [])
    """

    def __init__(
        self,
        every: int = 50,
        window: int = 1024,
        layers: Sequence[str] | None = None,
        exclude: Sequence[str] = (),
        rules: Sequence[Rule] | None = None,
        action: Action = "report",
        file: str | Path | None = None,
        probe: Any = None,
    ) -> None:
        super().__init__(
            every=every, window=window, layers=layers, exclude=exclude,
            rules=GRADIENT_RULES + UNIT_RULES if rules is None else rules,
            action=action, file=file, gradients=True, units=True, probe=probe,
        )  # fmt: skip

    def summary(self) -> dict[str, float]:
        """Returns the logged keys."""
        open_findings = [found for found in self.findings if not found.closed and found.severity != "info"]
        return gradient_summary(self.records[-1]) | unit_summary(self.records) | {"findings": float(len(open_findings))}
