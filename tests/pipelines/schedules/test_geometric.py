"""A range test's rates."""

import keras
import numpy as np
import pytest

from piste.pipelines.schedules.geometric import Geometric


def test_it_is_numpys_geometric_row() -> None:
    schedule = Geometric(1e-5, 10.0, 282)
    assert [float(schedule(step)) for step in range(282)] == pytest.approx(np.geomspace(1e-5, 10, 282), rel=1e-5)


def test_it_starts_where_the_optimizer_is() -> None:
    schedule = Geometric(0.25, 4.0, steps=5, first=2**40)
    assert [float(schedule(2**40 + step)) for step in range(5)] == pytest.approx([0.25, 0.5, 1.0, 2.0, 4.0])


def test_it_survives_serialisation() -> None:
    schedule = Geometric(0.1, 1.0, 10, 3)
    again = keras.optimizers.schedules.deserialize(keras.optimizers.schedules.serialize(schedule))
    assert again.get_config() == {"min_rate": 0.1, "max_rate": 1.0, "steps": 10, "first": 3}
