"""The few numbers of a record that go into Keras's logs."""

import math
from collections.abc import Sequence

from piste.callbacks.records import Record
from piste.callbacks.rules.depth import depth_profile, depth_score


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
    """Returns `dead_share` of the latest probe, or else of the latest full window; NaN before there is one."""
    for counted in ("probe_dead", "dead"):
        for record in reversed(records):
            shares = [part[counted] / part["units"] for part in record["layers"].values() if counted in part]
            if shares:
                return {"dead_share": max(shares)}
    return {"dead_share": math.nan}
