"""Charts of the whole model, from records written by hand."""

from typing import Any

from piste.callbacks.report.run_charts import run_charts


def notes(records: list[dict[str, Any]]) -> dict[str, str]:
    return {chart.name: chart.note for chart in run_charts(records)}


def test_clipped_updates_are_added_up() -> None:
    records = [
        {"step": step, "grad_norm": 2.0, "clipped_steps": count} for step, count in ((1, 1), (50, 49), (1500, 1200))
    ]
    says = notes(records)["grad_norm"]
    assert says.endswith(
        "a net that converges. The optimizer clipped 1,250 updates between the checks at steps 1 and 1,500, with these."
    )


def test_without_clipping_nothing_is_said_of_it() -> None:
    assert notes([{"step": 1, "grad_norm": 2.0}])["grad_norm"].endswith("a net that converges.")
