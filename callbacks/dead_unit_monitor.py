"""Watches the units of the hidden activations."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from piste.callbacks.monitor import Action, Monitor
from piste.callbacks.rules import UNIT_RULES, Rule
from piste.callbacks.summary import unit_summary


class DeadUnitMonitor(Monitor):
    """Counts at every step on how many samples each unit is active, and says which layers have dead units.

    A unit is active on a sample if its activation's slope is at least 0.001 at any position of that sample, so the
    count means the same for ReLU, sigmoid, ELU or GELU, for dense units and for convolution channels. No bit of the
    weights changes.

    Logged key: `dead_share`, the share of dead units in the layer that has most.

    Args:
        every: steps between checks; steps 1, 2, 4, 8, ... are checks too.
        window: samples that a count must rest on; a unit is dead after two silent windows.
        layers: patterns of layer paths to watch, such as `("*_act",)`; None watches all.
        exclude: patterns of layer paths to leave out.
        rules: functions from records to findings; None takes `piste.callbacks.rules.UNIT_RULES`.
        action: "report" collects findings, "stop" ends training at the first that is not just information, and a
            function is called with every new finding.
        file: a JSON-lines file for the records; per-unit shares go to the folder `<file's stem>_units` beside it.
        probe: inputs to measure the activations on in inference too, before the first step and after each epoch: an
            array, a list or dict of arrays, a tf.data.Dataset or a PyDataset. DEAD then rests on these alone.

    Example:
        >>> import keras, numpy as np
        >>> model = keras.Sequential([keras.layers.Dense(8, "relu", bias_initializer=keras.initializers.Constant(-9.0)),
        ...                           keras.layers.Dense(1)])
        >>> model.compile("sgd", "mse")
        >>> watch = DeadUnitMonitor(every=2, window=32)
        >>> history = model.fit(np.ones((64, 4)), np.ones((64, 1)), batch_size=16, verbose=0, callbacks=[watch])
        >>> [(finding.rule, finding.severity) for finding in watch.findings]
        [('DEAD', 'critical')]
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
            every=every, window=window, layers=layers, exclude=exclude, rules=UNIT_RULES if rules is None else rules,
            action=action, file=file, gradients=False, units=True, probe=probe,
        )  # fmt: skip

    def summary(self) -> dict[str, float]:
        """Returns the logged keys."""
        return unit_summary(self.records)
