"""1cycle's rate by hand."""

import keras
import numpy as np
import pytest

from piste.pipelines.schedules.one_cycle import OneCycle


@pytest.mark.parametrize(
    ("step", "rate"),
    [
        (0, 0.1),
        (90, 0.55),  # half of the way up, at 22.5 %
        (180, 1.0),
        (270, 0.55),  # half of the way down
        (360, 0.1),
        (380, 0.05005),  # half of the way from 0.1 to 0.0001
        (400, 0.0001),
        (500, 0.0001),  # beyond the end it stays
    ],
)
def test_golden_rates(step: int, rate: float) -> None:
    assert float(OneCycle(1.0, 400)(step)) == pytest.approx(rate, rel=1e-4)


def test_the_fractions_set_the_ends() -> None:
    schedule = OneCycle(0.8, 100, start_fraction=0.25, final_fraction=0.5)
    assert [float(schedule(step)) for step in (0, 45, 90, 100)] == pytest.approx([0.2, 0.8, 0.2, 0.1])


def test_it_survives_serialisation_and_drives_an_optimizer() -> None:
    schedule = OneCycle(0.8, 100, 0.2, 0.01)
    again = keras.optimizers.schedules.deserialize(keras.optimizers.schedules.serialize(schedule))
    assert again.get_config() == schedule.get_config()
    optimizer = keras.optimizers.SGD(schedule)
    weight = keras.Variable(np.zeros(1, "float32"))
    optimizer.apply([np.ones(1, "float32")], [weight])
    assert float(weight[0]) == pytest.approx(-0.16)
