"""Charts of one figure of every layer over steps."""

import dataclasses
import statistics
from collections.abc import Mapping, Sequence
from typing import Any

from piste.callbacks.report.chart import Chart, y_scale
from piste.callbacks.report.figures import LayerFigure, layer_figure
from piste.callbacks.report.numbers import compact, finite, show

Record = Mapping[str, Any]


@dataclasses.dataclass(frozen=True)
class Drawing:
    """How one figure is drawn.

    Args:
        title: what is drawn.
        note: how to read it.
        y_label: name of the axis.
        scale: "log", "linear", "percent", or "auto" for logarithmic where positive numbers span two decades.
        band: the healthy range, or None.
        wide: whether it takes the width of the page.
    """

    title: str
    note: str
    y_label: str
    scale: str
    band: tuple[float, float] | None = None
    wide: bool = False


UPDATE_RATIO = Drawing(
    "Update ratio",
    "How far one step moves a layer's weights, relative to their size: |change| / |weights|. In the shaded band, "
    "0.0001 to 0.1, a layer learns; below it stands still; above it every step throws it about. A gap is a ratio of "
    "exactly zero, or one that is not finite.",
    "|change| / |weights|",
    "log",
    (1e-4, 1e-1),
    True,
)
UNIT_DRAWINGS: Mapping[str, Drawing] = {
    "act_rms": Drawing(
        "Size of activations",
        "RMS of each activation's output. Layers that drift apart by decades pass on too little or too much.",
        "RMS",
        "auto",
    ),
    "act_mean": Drawing(
        "Mean of activations",
        "Far from zero, all units push the next layer the same way, which slows learning.",
        "mean",
        "linear",
    ),
    "saturated": Drawing(
        "Saturated share",
        "Share of outputs where the activation's slope is below 5 % of its steepest: little gradient passes there.",
        "share",
        "percent",
    ),
    "dead_share": Drawing(
        "Dead units over time",
        "Share of units that were flat on every sample of the last two windows.",
        "share",
        "percent",
    ),
    "probe_rms": Drawing(
        "Size of activations on the probe",
        "RMS of each activation's output in inference, on the probe's inputs, before training and after each epoch.",
        "RMS",
        "auto",
    ),
    "probe_saturated": Drawing(
        "Saturated share on the probe",
        "Share of outputs, in inference, where the activation's slope is below 5 % of its steepest.",
        "share",
        "percent",
    ),
    "probe_dead_share": Drawing(
        "Dead units on the probe",
        "Share of units that were flat on every sample of the probe, in inference. DEAD rests on these.",
        "share",
        "percent",
    ),
}


def update_chart(records: Sequence[Record]) -> list[Chart]:
    """Makes the chart of every layer's update ratio; none if it was not measured."""
    return _charts(records, {"update_ratio": UPDATE_RATIO})


def unit_charts(records: Sequence[Record]) -> list[Chart]:
    """Makes the charts of activations and dead units; those that nothing was measured for are left out."""
    return _charts([_with_dead_share(record) for record in records], UNIT_DRAWINGS)


def _with_dead_share(record: Record) -> Record:
    def shares(part: Mapping[str, Any]) -> dict[str, float]:
        counted = [name for name in ("dead", "probe_dead") if name in part and part.get("units")]
        return {f"{name}_share": part[name] / part["units"] for name in counted}

    return {**record, "layers": {path: part | shares(part) for path, part in record["layers"].items()}}


def _charts(records: Sequence[Record], drawings: Mapping[str, Drawing]) -> list[Chart]:
    found = {figure: layer_figure(records, figure) for figure in drawings}
    return [_chart(figure, drawings[figure], layers) for figure, layers in found.items() if layers is not None]


def _chart(figure: str, drawing: Drawing, found: LayerFigure) -> Chart:
    numbers = finite(value for row in found.rows for value in row)
    span = f"{show(compact(min(numbers)))} to {show(compact(max(numbers)))}" if numbers else "no finite number"
    return Chart(
        name=figure,
        kind="lines",
        title=drawing.title,
        note=drawing.note + found.thinned,
        label=f"{drawing.title} of {len(found.paths)} layers over steps {found.steps[0]} to {found.steps[-1]}: {span}.",
        data={
            "x": found.steps,
            "x_label": "optimizer step",
            "y_label": drawing.y_label,
            "scale": y_scale([v for v in numbers if v > 0]) if drawing.scale == "auto" else drawing.scale,
            "colours": "depth",
            "band": drawing.band,
            "series": [{"name": path, "values": row} for path, row in zip(found.paths, found.rows, strict=True)],
        },
        columns=("layer", "first", "median", "smallest", "largest", "last"),
        rows=[(path, *_summary(row)) for path, row in zip(found.paths, found.rows, strict=True)],
        wide=drawing.wide,
    )


def _summary(row: Sequence[Any]) -> tuple[str, ...]:
    numbers = finite(row)
    if not numbers:
        return show(row[0]), "none", "none", "none", show(row[-1])
    middle = compact(statistics.median(numbers))
    return show(row[0]), show(middle), show(min(numbers)), show(max(numbers)), show(row[-1])
