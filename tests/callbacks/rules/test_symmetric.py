from typing import Any

from piste.callbacks.rules import symmetric


def run(make: Any, *shares: Any, **extra: Any) -> list[Any]:
    parts = [{"kernel_rms": 1.0, "alike": share, **extra} for share in shares]
    return [make(step, {"a": part, "b": {"kernel_rms": 1.0, "alike": 0.3}}) for step, part in enumerate(parts, 1)]


def test_units_that_are_still_alike_at_the_third_check(make: Any) -> None:
    (finding,) = symmetric(run(make, 1.0, 1.0, 0.999991))
    assert (finding.layer, finding.severity, finding.step) == ("a", "critical", 3)
    assert finding.evidence == {"alike": 0.999991, "checks": 3.0}
    assert finding.change == {"model.initializer": "auto"}
    assert symmetric(run(make, 1.0, 1.0)) == []
    assert symmetric(run(make, 1.0, 1.0, 0.99999)) == []


def test_an_output_of_zeros_that_comes_apart_is_sound(make: Any) -> None:
    assert symmetric(run(make, 1.0, 0.4, 0.3, 0.3)) == []


def test_what_is_not_measured_or_not_trained_is_not_judged(make: Any) -> None:
    one_unit = [make(step, {"head": {"kernel_rms": 1.0}}) for step in (1, 2, 4)]
    frozen = [make(step, {"frozen": {"alike": 1.0}}) for step in (1, 2, 4)]
    assert symmetric(one_unit) == symmetric(frozen) == []
    assert symmetric(run(make, 1.0, "nan", 1.0)) == []
