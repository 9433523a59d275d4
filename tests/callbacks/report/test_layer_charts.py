"""Charts of layers' figures, from records written by hand."""

from typing import Any

from piste.callbacks.report.layer_charts import unit_charts


def record(step: int, **figures: Any) -> dict[str, Any]:
    return {"step": step, "layers": {"act": {"act_rms": 1.0, "units": 8, "activation": "relu"} | figures}}


def test_a_probe_is_drawn_at_the_checks_that_have_it() -> None:
    probed = {"probe_dead": 2, "probe_rms": 0.5, "probe_saturated": 0.25}
    records = [record(1, **probed), record(50, dead=4), record(100, **(probed | {"probe_dead": 6}))]
    charts = {chart.name: chart.data for chart in unit_charts(records)}
    assert set(charts) == {"act_rms", "dead_share", "probe_rms", "probe_saturated", "probe_dead_share"}
    assert charts["probe_dead_share"]["x"] == (1, 100)
    assert charts["probe_dead_share"]["series"] == [{"name": "act", "values": (0.25, 0.75)}]
    assert charts["dead_share"]["x"] == (50,)
    assert charts["dead_share"]["series"] == [{"name": "act", "values": (0.5,)}]


def test_without_a_probe_nothing_is_drawn_of_one() -> None:
    assert [chart.name for chart in unit_charts([record(1)])] == ["act_rms"]
