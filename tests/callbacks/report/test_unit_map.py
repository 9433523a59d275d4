import numpy as np

from piste.callbacks.report.unit_map import unit_map


def test_no_shares_no_map() -> None:
    assert unit_map({}, {}) == []


def test_units_are_sorted_and_counted() -> None:
    (chart,) = unit_map({"a": np.array([0.5, 0.0, 0.25]), "b": np.array([1.0])}, {"a": "relu"})
    assert chart.data["layers"] == [
        {"path": "a", "units": 3, "dead": 1, "cells": [0.0, 0.25, 0.5]},
        {"path": "b", "units": 1, "dead": 0, "cells": [1.0]},
    ]
    assert chart.rows == [("a", "relu", "3", "1", "0.25", "1"), ("b", "unknown", "1", "0", "1", "none")]
    assert chart.label == "Active shares of 4 units in 2 layers; 1 dead."


def test_a_cell_is_zero_only_if_all_its_units_are_dead() -> None:
    share = np.full(1000, 0.3)
    share[100:107] = 0.0
    (chart,) = unit_map({"a": share}, {})
    cells = chart.data["layers"][0]["cells"]
    assert len(cells) == 200
    assert cells[:3] == [0.0, 0.18, 0.3]
    assert chart.rows[0][-1] == "100, 101, 102, 103, 104, 105, 106"


def test_a_rare_unit_is_not_rounded_to_a_dead_one() -> None:
    (chart,) = unit_map({"a": np.array([1e-7, 1.0])}, {})
    assert chart.data["layers"][0]["cells"] == [1e-7, 1.0]


def test_a_hundred_thousand_units_fit() -> None:
    (chart,) = unit_map({"a": np.zeros(100_000)}, {})
    assert chart.data["layers"][0]["cells"] == [0.0] * 200
    assert chart.rows[0][-1].endswith("18, 19 and 99,980 more")


def test_a_thousand_layers_fit() -> None:
    (chart,) = unit_map({f"l{place}": np.linspace(0, 1, 500) for place in range(1000)}, {})
    assert {len(layer["cells"]) for layer in chart.data["layers"]} == {24}


def test_an_empty_layer_is_listed() -> None:
    (chart,) = unit_map({"a": np.zeros(0)}, {})
    assert chart.data["layers"][0]["cells"] == []
    assert chart.rows[0] == ("a", "unknown", "0", "0", "not measured", "none")
