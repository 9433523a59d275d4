"""Charts of the gradient against depth, and of all of it over time."""

from collections.abc import Mapping, Sequence
from typing import Any

from piste.callbacks.report.chart import Chart
from piste.callbacks.report.figures import layer_figure
from piste.callbacks.report.numbers import show
from piste.callbacks.report.windows import windows

Record = Mapping[str, Any]


def depth_charts(records: Sequence[Record]) -> list[Chart]:
    """Makes the depth profiles and the heat map of the gradient; those that nothing was measured for are left out."""
    profiles = [
        _profile(
            records,
            "delta_rms",
            "Error signal by depth",
            "RMS of the loss's derivative by each layer's pre-activation. Flat is healthy. A line that falls towards "
            "the first layer by three decades or more is a vanishing gradient; one that climbs there explodes. "
            "Medians over a few checks.",
        ),
        _profile(
            records,
            "kernel_rms",
            "Kernel gradient by depth",
            "RMS of the loss's derivative by each layer's weights: what the optimizer receives. It also depends on how "
            "large the inputs of a layer are, so judge flow by the error signal.",
        ),
        _heat(records),
    ]
    return [chart for chart in profiles if chart is not None]


def _profile(records: Sequence[Record], figure: str, title: str, note: str) -> Chart | None:
    found = layer_figure(records, figure)
    if found is None:
        return None
    cut = windows([record for record in records if any(figure in part for part in record["layers"].values())])
    series = [{"name": part.label, "values": [part.median(path, figure) for path in found.paths]} for part in cut]
    late = series[-1]["values"]
    return Chart(
        name=f"profile_{figure}",
        kind="profile",
        title=title,
        note=note,
        label=(
            f"{title}, {cut[-1].label}: {show(late[0])} at {found.paths[0]}, the first layer, and {show(late[-1])} at "
            f"{found.paths[-1]}, the last of {len(found.paths)}. Logarithmic axis."
        ),
        data={"paths": found.paths, "series": series, "y_label": "RMS"},
        columns=("layer", *(part.label for part in cut)),
        rows=[(path, *(show(line["values"][place]) for line in series)) for place, path in enumerate(found.paths)],
    )


def _heat(records: Sequence[Record]) -> Chart | None:
    figure = "delta_rms"
    found = layer_figure(records, figure)
    if found is None or len(found.steps) < 2 or len(found.paths) < 2:
        return None
    return Chart(
        name="heat_delta",
        kind="heat",
        title="Error signal by layer and step",
        note="One column a check, one row a layer, the first layer at the top. A healthy net has the same colour from "
        "top to bottom; what changes from left to right is training." + found.thinned,
        label=f"RMS of the error signal in {len(found.paths)} layers at {len(found.steps)} checks, steps "
        f"{found.steps[0]} to {found.steps[-1]}, as colours on a logarithmic scale.",
        data={"paths": found.paths, "steps": found.steps, "rows": found.rows},
        columns=("layer", f"step {found.steps[0]}", f"step {found.steps[-1]}"),
        rows=[(path, show(row[0]), show(row[-1])) for path, row in zip(found.paths, found.rows, strict=True)],
        wide=True,
    )
