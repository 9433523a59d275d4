import pytest

from piste.models.moments.limit import Wide
from piste.models.moments.propagate import Moments
from piste.models.moments.verdict import Verdict, verdict


def made(stds: list[float], rms: float | None = None) -> list[Moments]:
    return [
        Moments(layer, 0.0, std, std if rms is None else rms, Wide(0.0, 1.0, 1.0)) for layer, std in enumerate(stds)
    ]


@pytest.mark.parametrize(
    ("stds", "depth", "expected"),
    [
        ([1.0, 0.5, 2.0], 3, Verdict("stays", None, None, False)),
        ([1.0, 0.49, 0.1], 3, Verdict("vanishes", 1, None, False)),
        ([1.0, 2.01, 9.0], 3, Verdict("explodes", 1, None, False)),
        ([1.0, 2.01, 1.0], 3, Verdict("strays", 1, None, False)),
        ([1.0, 3.0], 3, Verdict("explodes", 1, 2, False)),
        ([1.0, 1.0], 3, Verdict("explodes", 2, 2, False)),
        ([], 3, Verdict("explodes", 0, 0, False)),
        ([0.0], 1, Verdict("vanishes", 0, None, False)),
    ],
)
def test_outcomes(stds: list[float], depth: int, expected: Verdict) -> None:
    assert verdict(made(stds), depth) == expected


def test_samples_are_alike_where_std_is_a_small_part_of_rms() -> None:
    assert verdict(made([0.6], rms=7.0), 1) == Verdict("stays", None, None, True)
    assert verdict(made([0.6], rms=5.0), 1) == Verdict("stays", None, None, False)
