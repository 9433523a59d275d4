"""The map of all units: how often each is active, from the latest full window."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from piste.callbacks.report.chart import Chart
from piste.callbacks.report.numbers import compact, counted, show

MOST_CELLS, MOST_A_LAYER, FEWEST_A_LAYER = 12_000, 200, 24
LISTED = 20


def unit_map(shares: Mapping[str, np.ndarray], activations: Mapping[str, str]) -> list[Chart]:
    """Makes the map of active shares, one row a layer.

    Units are sorted by their share; where there are more than a row can hold, neighbours share a cell that shows
    their mean, so that a cell reads 0 only if all of its units are dead.

    Args:
        shares: path -> active share of each unit, shape (units,).
        activations: path -> name of the activation there.

    Returns:
        The chart, or none if there are no shares.
    """
    if not shares:
        return []
    cells = max(FEWEST_A_LAYER, min(MOST_A_LAYER, MOST_CELLS // len(shares)))
    layers = [_layer(path, np.asarray(share), cells) for path, share in shares.items()]
    dead, units = sum(layer["dead"] for layer in layers), sum(layer["units"] for layer in layers)
    return [
        Chart(
            name="units",
            kind="units",
            title="Unit map",
            note="One row a layer, its units sorted from the least to the most active. The colour is the share of "
            "samples on which a unit passes gradient; dead units, which no sample activates, stand out at the left.",
            label=f"Active shares of {counted(units, 'unit')} in {counted(len(layers), 'layer')}; {dead:,} dead.",
            data={"layers": layers},
            columns=("layer", "activation", "units", "dead", "median active share", "dead units, by index"),
            rows=[
                (
                    path,
                    activations.get(path, "unknown"),
                    show(len(share)),
                    show(int(np.count_nonzero(share == 0.0))),
                    show(compact(np.median(share)) if len(share) else None),
                    _listed(np.flatnonzero(share == 0.0)),
                )
                for path, share in shares.items()
            ],
            wide=True,
        )
    ]


def _layer(path: str, share: np.ndarray, most: int) -> dict[str, Any]:
    ordered = np.sort(share.astype("float64"))
    parts = np.array_split(ordered, min(most, len(ordered))) if len(ordered) else []
    return {
        "path": path,
        "units": len(share),
        "dead": int(np.count_nonzero(share == 0.0)),
        "cells": [compact(part.mean()) for part in parts],
    }


def _listed(places: np.ndarray) -> str:
    shown = ", ".join(map(str, places[:LISTED]))
    more = len(places) - LISTED
    return f"{shown} and {more:,} more" if more > 0 else shown or "none"
