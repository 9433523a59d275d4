"""Watches the gradients of the train step."""

from collections.abc import Sequence
from pathlib import Path

from piste.callbacks.monitor import Action, Monitor
from piste.callbacks.rules import GRADIENT_RULES, Rule
from piste.callbacks.summary import gradient_summary


class GradientMonitor(Monitor):
    """Measures the gradients that the train step really computes, and says where they vanish.

    Every layer with weights gets the root mean squares of its kernel's and bias's gradient and of the loss's
    derivative by its pre-activation (delta), and the size of the update relative to the kernel. Gradients are
    unscaled and not yet clipped. No bit of the weights changes.

    Logged keys: `grad_norm`, `depth_score` (log10 of the first layer's delta over the last's), `update_ratio` (the
    largest).

    Args:
        every: steps between checks; steps 1, 2, 4, 8, ... are checks too.
        layers: patterns of layer paths to watch, such as `("dense_*",)`; None watches all.
        exclude: patterns of layer paths to leave out.
        rules: functions from records to findings; None takes `piste.callbacks.rules.GRADIENT_RULES`.
        action: "report" collects findings, "stop" ends training at the first that is not just information, and a
            function is called with every new finding.
        file: a JSON-lines file for the records.

    Example:
        >>> import keras, numpy as np
        >>> model = keras.Sequential([keras.layers.Dense(8, "tanh"), keras.layers.Dense(1)])
        >>> model.compile("sgd", "mse")
        >>> watch = GradientMonitor(every=2)
        >>> history = model.fit(np.ones((64, 4)), np.ones((64, 1)), batch_size=16, verbose=0, callbacks=[watch])
        >>> [record["step"] for record in watch.records]
        [1, 2, 4]
        >>> sorted(history.history)
        ['depth_score', 'grad_norm', 'loss', 'update_ratio']
    """

    def __init__(
        self,
        every: int = 50,
        layers: Sequence[str] | None = None,
        exclude: Sequence[str] = (),
        rules: Sequence[Rule] | None = None,
        action: Action = "report",
        file: str | Path | None = None,
    ) -> None:
        super().__init__(
            every=every, window=1, layers=layers, exclude=exclude, rules=GRADIENT_RULES if rules is None else rules,
            action=action, file=file, gradients=True, units=False,
        )  # fmt: skip

    def summary(self) -> dict[str, float]:
        """Returns the logged keys."""
        return gradient_summary(self.records[-1])
