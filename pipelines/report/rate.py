"""The page of a learning-rate range test."""

from pathlib import Path
from typing import Any

import numpy as np

from piste.callbacks.report.cards import as_yaml
from piste.callbacks.report.chart import Chart, y_scale
from piste.callbacks.report.figures import evenly
from piste.callbacks.report.numbers import compact, finite, show
from piste.callbacks.report.page import write_page
from piste.pipelines.rates.result import RateTest
from piste.pipelines.rates.words import sentences

MOST_POINTS = 2_000


def write_rate_page(path: str | Path, test: RateTest, name: str, config: str) -> Path:
    """Writes a range test as one HTML file that needs nothing but itself.

    Args:
        path: the file to write.
        test: what was found.
        name: of the config, for the title.
        config: its YAML text.

    Returns:
        The file written.

    Example:
        >>> import tempfile
        >>> some = np.array([0.1, 0.4, 1.6])
        >>> test = RateTest(some, some, np.array([3.0, 1.0, 5.0]), 10, 4.0, 1.6, None, 0.4, "")
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     text = write_rate_page(f"{folder}/rate.html", test, "net", "seed: 42").read_text(encoding="utf-8")
        >>> "<dt>suggested rate</dt><dd>0.04</dd>" in text
        True
    """
    chart = rate_chart(test)
    marks = {"suggested rate": test.suggestion, **_marks(test)}
    variables = {
        "title": f"Learning rates for {name}",
        "lead": f"{len(test.losses):,} of {test.steps:,} steps, rates {show(_plain(test.rates[0]))} to "
        f"{show(_plain(test.rates[-1]))}.",
        "tiles": [(what, "none" if rate is None else show(_plain(rate))) for what, rate in marks.items()],
        "sentences": sentences(test),
        "changes": [as_yaml(change) for change in test.changes],
        "chart": chart,
        "config": config,
    }
    return write_page(path, "rate.html", variables, [chart], home="piste.pipelines.report")


def rate_chart(test: RateTest) -> Chart:
    """Makes the chart of the loss over the rate, as far up as tells something.

    Losses above the mean's beginning and its limit for divergence alike are left out, so that the last few of a test
    that diverged do not squeeze the rest.
    """
    drawn = evenly(len(test.losses), MOST_POINTS)
    means = test.smoothed[np.isfinite(test.smoothed)]
    top = max([abs(float(means[0])), test.factor * abs(float(means.min()))]) * 1.25 if len(means) else np.inf
    series = [
        {"name": title, "values": [compact(value) if abs(value) <= top else None for value in values[drawn]]}
        for title, values in (("loss of each batch", test.losses), ("its mean", test.smoothed))
    ]
    marks = {what: rate for what, rate in _marks(test).items() if rate is not None}
    return Chart(
        name="rates",
        kind="lines",
        title="Loss by learning rate",
        note=f"The mean lags by about 2 % of the steps. Losses above {show(float(f'{top:.2g}'))} are not drawn.",
        label="Loss by learning rate. " + " ".join(sentences(test)),
        data={
            "x": [_plain(rate) for rate in test.rates[drawn]],
            "x_label": "learning rate",
            "x_scale": "log",
            "y_label": "loss",
            "scale": y_scale(finite(value for line in series for value in line["values"])),
            "colours": "run",
            "series": series,
            "rules": [{"x": _plain(rate), "text": what} for what, rate in marks.items()],
        },
        columns=("rate", "loss", "mean"),
        rows=[
            (show(_plain(test.rates[k])), show(compact(test.losses[k])), show(compact(test.smoothed[k])))
            for k in evenly(len(test.losses), 200)
        ],
        wide=True,
    )


def _marks(test: RateTest) -> dict[str, float | None]:
    return {"steepest": test.steepest, "turns up": test.turn, "diverged": test.diverged_at}


def _plain(rate: Any) -> float:
    return float(f"{rate:.4g}")
