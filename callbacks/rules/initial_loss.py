"""INITIAL_LOSS: the first loss is not that of a model that knows nothing."""

import dataclasses
from collections.abc import Sequence

from piste.callbacks.findings import Finding
from piste.callbacks.records import Record
from piste.callbacks.rules.changes import MATCHED, SCALED
from piste.callbacks.rules.history import number


def initial_loss(records: Sequence[Record], *, low: float = 0.7, high: float = 2.0) -> list[Finding]:
    """Says that the loss at step 1 is far from what a guess costs: `log C` for C classes, `log 2` for yes or no.

    A new model knows nothing and should be sure of nothing. This is about the start of a run and holds to its end.

    Args:
        records: oldest first.
        low: share of a guess's loss below which the first loss is too good.
        high: multiple of a guess's loss above which it is too bad.

    Returns:
        One finding for information, or none, also where a guess's loss is unknown.
    """
    first = records[0]
    loss, chance = number(first, "loss"), number(first, "chance_loss")
    if first["step"] != 1 or loss is None or chance is None or low <= loss / chance <= high:
        return []
    share = loss / chance
    if share > high:
        causes = [
            "the outputs are too large at first: initial weights too large, or inputs not scaled",
            "the loss holds a penalty on weights",
            "the last activation and the loss do not fit: softmax with from_logits=True, or neither",
        ]
        advice = "A model that is sure and wrong at first loses its first steps. Scale the inputs."
    else:
        causes = [
            "the model is not new: its weights were trained before",
            "most labels are of one class, and a bias was set for it",
            "the labels can be read from the inputs, or the loss weights samples",
        ]
        advice = "Check that the labels are what they should be, unless the weights were trained before."
    finding = Finding.at(
        first,
        "INITIAL_LOSS",
        None,
        "info",
        evidence={"loss": loss, "chance_loss": chance, "share": share},
        causes=causes,
        advice=f"The first loss, {loss:.3g}, is {share:.2g} times the {chance:.3g} of a guess. {advice}",
        change={**SCALED, **MATCHED} if share > high else {},
    )
    return [dataclasses.replace(finding, last_step=records[-1]["step"])]
