from typing import Any

from piste.callbacks.report.figures import evenly, layer_figure


def run(checks: int, layers: int = 1) -> list[dict[str, Any]]:
    return [
        {"step": step, "layers": {f"l{place}": {"delta_rms": float(step)} for place in range(layers)}}
        for step in range(1, checks + 1)
    ]


def test_nothing_is_thinned_that_fits() -> None:
    found = layer_figure(run(160), "delta_rms")
    assert found is not None and len(found.steps) == 160 and found.thinned == ""


def test_long_runs_keep_their_ends_and_real_numbers() -> None:
    found = layer_figure(run(2000), "delta_rms")
    assert found is not None and len(found.steps) == 160
    assert (found.steps[0], found.steps[-1]) == (1, 2000)
    assert found.rows[0] == tuple(map(float, found.steps))
    assert found.thinned == " 160 of 2,000 checks are drawn, evenly chosen."


def test_many_layers_share_the_cells() -> None:
    found = layer_figure(run(200, layers=300), "delta_rms")
    assert found is not None and len(found.steps) == 40
    found = layer_figure(run(200, layers=3000), "delta_rms")
    assert found is not None and len(found.steps) == 16


def test_layers_keep_the_order_of_the_records_and_gaps_are_none() -> None:
    records = [
        {"step": 1, "layers": {"z": {"x": 1.0}, "a": {"x": 2.0}}},
        {"step": 2, "layers": {"z": {"x": 3.0}, "new": {"x": 4.0}}},
        {"step": 3, "layers": {"z": {"y": 9.0}}},
    ]
    found = layer_figure(records, "x")
    assert found is not None and (found.paths, found.steps) == (("z", "a", "new"), (1, 2))
    assert found.rows == ((1.0, 3.0), (2.0, None), (None, 4.0))


def test_layers_that_are_watched_later_stand_where_they_are_in_the_model() -> None:
    parts = {name: {"delta_rms": 1.0} for name in ("first", "middle", "head")}
    records = [{"step": 1, "layers": {"head": parts["head"]}}, {"step": 2, "layers": parts}]
    found = layer_figure(records, "delta_rms")
    assert found is not None and found.paths == ("first", "middle", "head")
    assert found.rows[0] == (None, 1.0)


def test_a_figure_that_nobody_has_is_none() -> None:
    assert layer_figure(run(3), "act_rms") is None
    assert layer_figure([], "delta_rms") is None


def test_even_places_are_distinct() -> None:
    for count in (161, 319, 1999):
        places = evenly(count, 160)
        assert len(set(places)) == 160 and places == sorted(places)
