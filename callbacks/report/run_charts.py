"""Charts of what belongs to the whole model: the loss and the norm of the gradient over steps."""

from collections.abc import Mapping, Sequence
from typing import Any

from piste.callbacks.report.chart import Chart, y_scale
from piste.callbacks.report.figures import evenly
from piste.callbacks.report.numbers import compact, finite, show

Record = Mapping[str, Any]
MOST_POINTS = 2_000
NAMES = {
    "loss": "loss of the check's batch",
    "loss_max": "largest loss since the check before",
    "grad_norm": "norm of the whole gradient",
}


def run_charts(records: Sequence[Record]) -> list[Chart]:
    """Makes the charts of the loss and of the gradient's norm; those that nothing was measured for are left out."""
    loss = _chart(
        records,
        "loss",
        ["loss", "loss_max"],
        "Loss",
        "The line is the loss of single batches, so it is noisy. The faint line is the largest loss of any step since "
        "the check before: spikes between two checks show there.",
    )
    norm = _chart(
        records,
        "grad_norm",
        ["grad_norm"],
        "Norm of the whole gradient",
        "Before clipping, without loss scaling. A steady climb or single spikes announce trouble; a slow fall is a net "
        "that converges." + _clipped(records),
    )
    return [chart for chart in (loss, norm) if chart is not None]


def _clipped(records: Sequence[Record]) -> str:
    """Says how many updates were clipped; nothing where the optimizer clips none."""
    counted = [record for record in records if "clipped_steps" in record]
    if not counted:
        return ""
    updates = sum(record["clipped_steps"] for record in counted)
    first, last = counted[0]["step"], counted[-1]["step"]
    return f" The optimizer clipped {updates:,} updates between the checks at steps {first:,} and {last:,}, with these."


def _chart(records: Sequence[Record], name: str, figures: list[str], title: str, note: str) -> Chart | None:
    having = [record for record in records if name in record]
    if not having:
        return None
    drawn = [having[index] for index in evenly(len(having), MOST_POINTS)]
    series = [
        {"name": NAMES[figure], "values": [compact(record.get(figure)) for record in drawn]}
        for figure in reversed(figures)
        if any(figure in record for record in drawn)
    ]
    numbers = finite(value for line in series for value in line["values"])
    main = [record[name] for record in having]
    real = finite(main)
    first, last = having[0], having[-1]
    rows = [
        ("first check", show(first["step"]), show(compact(main[0]))),
        ("last check", show(last["step"]), show(compact(main[-1]))),
    ]
    if real:
        low = next(record for record in having if record[name] == min(real))
        high = next(record for record in having if record[name] == max(real))
        rows.append(("smallest", show(low["step"]), show(compact(min(real)))))
        rows.append(("largest", show(high["step"]), show(compact(max(real)))))
    return Chart(
        name=name,
        kind="lines",
        title=title,
        note=note,
        label=(
            f"{title} over optimizer steps: {show(compact(main[0]))} at step {first['step']}, "
            f"{show(compact(main[-1]))} at step {last['step']}."
        ),
        data={
            "x": [record["step"] for record in drawn],
            "x_label": "optimizer step",
            "y_label": title.lower(),
            "scale": y_scale(numbers),
            "colours": "run",
            "series": series,
            "bad": _first_bad(records),
        },
        columns=("", "step", title.lower()),
        rows=rows,
    )


def _first_bad(records: Sequence[Record]) -> int | None:
    bad = next((record["nonfinite"] for record in records if record.get("nonfinite")), None)
    return None if bad is None else int(bad["step"])
