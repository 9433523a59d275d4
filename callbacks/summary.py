"""The few numbers of a record that go into Keras's logs."""

import math
from collections.abc import Sequence

from piste.callbacks.records import Record
from piste.callbacks.rules.depth import depth_profile, depth_score
from piste.callbacks.rules.history import latest_with, unit_prefix


def gradient_summary(record: Record) -> dict[str, float]:
    """Returns `grad_norm`, `depth_score` and `update_ratio` of one check; NaN where there is nothing to measure."""
    score = depth_score(depth_profile(record))
    ratios = [float(part["update_ratio"]) for part in record["layers"].values() if "update_ratio" in part]
    return {
        "grad_norm": float(record.get("grad_norm", math.nan)),
        "depth_score": math.nan if score is None else score,
        "update_ratio": max(ratios, default=math.nan),
    }


def unit_summary(records: Sequence[Record]) -> dict[str, float]:
    """Returns `dead_share` of the counts that DEAD judges by, probe or windows; NaN before there are any."""
    counted = f"{unit_prefix(records)}dead"
    latest = latest_with(records, counted)
    layers = latest["layers"].values() if latest else ()
    return {"dead_share": max((part[counted] / part["units"] for part in layers if counted in part), default=math.nan)}
