"""Where a step's time goes: every part of a step runs by itself, and says what it did."""

import numpy as np
import pytest

from benchmarks.ablation import parts_of
from benchmarks.nets import CNN, first, load


@pytest.mark.parametrize("net", ["300-100", CNN])
def test_every_part_runs(net: str) -> None:
    calls = parts_of(net, first(load(None), 128), 2)
    assert list(calls) == ["products alone", "forward pass", "and backward pass", "whole step"]
    results = [float(call()) for call in calls.values()]
    assert np.isfinite(results).all() and all(results)
    assert results[-1] != pytest.approx(float(calls["whole step"]()))  # it has learnt
