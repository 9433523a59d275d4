"""Windows of units, from readings written by hand."""

import numpy as np

from piste.callbacks.memory import Reading
from piste.callbacks.windows import UnitWindows


def reading(active: list[float], size: list[float], positive: list[float], items: int = 6, batch: int = 2) -> Reading:
    return Reading(
        step=1,
        figures={},
        widths={"act": len(active)},
        active=np.array(active, "float32"),
        items=items,
        sampled=np.array([size, positive, [share * 2 for share in positive]], "float32"),
        batch=batch,
        skipped=None,
        clipped=None,
        first_bad=None,
    )


def test_active_units_are_counted_over_two_windows_in_a_row() -> None:
    windows = UnitWindows(6)
    first = windows.add(reading([0.0, 3.0], [1.0, 1.0], [0.5, 0.5]))
    assert first == ({}, {})
    figures, units = windows.add(reading([0.0, 6.0], [1.0, 1.0], [0.5, 0.5]))
    assert figures["act"] == {"units": 2, "dead": 1, "samples": 12}
    assert units["active"]["act"].tolist() == [0.0, 0.75]


def test_what_checks_sample_fills_a_window_of_its_own() -> None:
    windows = UnitWindows(4)
    windows.add(reading([1.0, 1.0, 1.0], [1.0, 0.02, 0.0], [1.0, 0.5, 0.0], items=1, batch=1))
    figures, units = windows.add(reading([1.0, 1.0, 1.0], [2.0, 0.02, 0.0], [1.0, 0.25, 0.0], items=1, batch=3))
    assert figures["act"] == {"units": 3, "quiet": 1, "one_sided": 2, "sampled": 4}
    np.testing.assert_allclose(units["size"]["act"], [(1 + 2 * 3) / 4, 0.02, 0.0], rtol=1e-6)
    np.testing.assert_allclose(units["positive"]["act"], [1.0, (0.5 + 0.25 * 3) / 4, 0.0], rtol=1e-6)
    assert units["steepest"]["act"].tolist() == [2.0, 1.0, 0.0]
    assert windows.add(reading([1.0, 1.0, 1.0], [1.0, 1.0, 1.0], [0.5, 0.5, 0.5], items=1, batch=1))[0] == {}


def test_a_quiet_unit_is_at_most_a_fortieth_of_the_mean() -> None:
    windows = UnitWindows(2)
    figures, _ = windows.add(reading([1.0, 1.0], [0.9874, 0.0126], [0.5, 0.5], items=1))
    assert figures["act"]["quiet"] == 0
    windows = UnitWindows(2)
    figures, _ = windows.add(reading([1.0, 1.0], [0.9876, 0.0124], [0.5, 0.5], items=1))
    assert figures["act"]["quiet"] == 1
