"""The schedules that Piste adds to Keras's, and the arguments that every schedule of the step takes."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from piste.pipelines.config.entry import Argument, Entry

_SHARE = Argument("float", default=0.1, exclusive_minimum=0, maximum=1)
_RATE = Argument("float", required=True, exclusive_minimum=0)
_MOMENTUM = Argument("float", default=None, minimum=0, exclusive_maximum=1, nullable=True)

OF_EVERY_STEP: Mapping[str, Argument] = MappingProxyType(
    {
        "unit": Argument("str", default="step", choices=("step", "epoch")),
        "warm_up": Argument("float", default=0, minimum=0),
    }
)
"""`unit` is what all other arguments count; `warm_up` is for how long the rate rises from 0."""


def _momenta(arguments: Mapping[str, Any]) -> str | None:
    low, high = arguments["min_momentum"], arguments["max_momentum"]
    if (low is None) != (high is None):
        return "must have `min_momentum` and `max_momentum`, or neither"
    if low is not None and low > high:
        return "must have `min_momentum` at most `max_momentum`"
    return None


_NUMBERS = Argument("floats", required=True, minimum=0, list=True)
_ENTRIES = (
    Entry("constant", None, OF_EVERY_STEP),
    Entry(
        "power",
        None,
        {
            "initial_learning_rate": _RATE,
            "decay_steps": Argument("float", required=True, exclusive_minimum=0),
            "power": Argument("float", default=1.0, exclusive_minimum=0),
            **OF_EVERY_STEP,
        },
    ),
    Entry("piecewise", None, {"boundaries": _NUMBERS, "values": _NUMBERS, **OF_EVERY_STEP}),
    Entry(
        "performance",
        None,
        {
            "monitor": Argument("str", default="val_loss"),
            "factor": Argument("float", default=0.5, exclusive_minimum=0, exclusive_maximum=1),
            "patience": Argument("int", default=5, minimum=0),
            "min_delta": Argument("float", default=1e-4, minimum=0),
            "cooldown": Argument("int", default=0, minimum=0),
            "min_learning_rate": Argument("float", default=0.0, minimum=0),
        },
    ),
    Entry(
        "one_cycle",
        None,
        {
            "max_rate": _RATE,
            "start_fraction": _SHARE,
            "final_fraction": Argument("float", default=0.001, exclusive_minimum=0, maximum=1),
            "max_momentum": _MOMENTUM,
            "min_momentum": _MOMENTUM,
        },
        check=_momenta,
    ),
)

OWN_SCHEDULES: Mapping[str, Entry] = MappingProxyType({entry.name: entry for entry in _ENTRIES})
