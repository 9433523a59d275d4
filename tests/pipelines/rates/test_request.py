"""What may be asked of a range test."""

import math
from typing import Any

import pytest

from piste.pipelines.errors import UsageError
from piste.pipelines.rates.request import RateRequest


@pytest.mark.parametrize(
    ("low", "high", "shown"),
    [
        (0.1, 0.1, "min 0.1 and max 0.1"),
        (1.0, 0.1, "min 1 and max 0.1"),
        (0.0, 0.1, "min 0 and max 0.1"),
        (-1.0, 0.1, "min -1 and max 0.1"),
        (0.1, math.inf, "min 0.1 and max inf"),
        (math.nan, 0.1, "min nan and max 0.1"),
        (0.1, math.nan, "min 0.1 and max nan"),
    ],
)
def test_rates_must_grow(low: float, high: float, shown: str) -> None:
    with pytest.raises(UsageError) as caught:
        RateRequest(low, high)
    assert (
        str(caught.value) == f"The rates must grow from a `min` above 0 to a larger, finite `max`. Received: {shown}."
    )


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"epochs": 0}, "A range test needs at least 1 epoch. Received: 0."),
        ({"factor": 1.0}, "The factor on the least loss that ends the test must be above 1. Received: 1."),
        ({"factor": math.nan}, "The factor on the least loss that ends the test must be above 1. Received: nan."),
    ],
)
def test_other_numbers_have_their_bounds(arguments: dict[str, Any], words: str) -> None:
    with pytest.raises(UsageError) as caught:
        RateRequest(**arguments)
    assert str(caught.value) == words


@pytest.mark.parametrize(("samples", "epochs", "steps"), [(100, 1, 10), (91, 1, 10), (70, 2, 14), (9000, 3, 2700)])
def test_steps_are_the_batches_of_all_epochs(samples: int, epochs: int, steps: int) -> None:
    assert RateRequest(epochs=epochs).steps(samples, 10) == steps


def test_too_few_steps_are_refused_with_the_arithmetic() -> None:
    with pytest.raises(UsageError) as caught:
        RateRequest(epochs=2).steps(60, 16)
    assert str(caught.value) == (
        "A range test needs at least 10 steps. Received: 2 x ceil(60 / 16) = 8; ask for 3 epochs or smaller batches."
    )
    assert RateRequest(epochs=3).steps(60, 16) == 12
