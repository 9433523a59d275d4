from functools import partial
from typing import Any

import pytest

from piste.callbacks.rules import vanishing


def test_it_takes_the_median_of_five_scores(make: Any, make_profile: Any) -> None:
    firsts = [1e-4, 1e-3, 1e-8, 1e-5, 1e-1]  # scores -4, -3, -8, -5, -1: the median is -4
    records = [make(step, make_profile(first, 1.0)) for step, first in enumerate(firsts, 1)]
    (finding,) = vanishing(records)
    assert (finding.rule, finding.layer, finding.severity, finding.step) == ("VANISHING", "first", "critical", 5)
    assert finding.evidence["depth_score"] == pytest.approx(-4.0)
    assert (finding.evidence["delta_first"], finding.evidence["delta_last"]) == (0.1, 1.0)
    assert "loses 4.0 decades between the last layer and first" in finding.advice
    assert vanishing(records[:4]) == []


@pytest.mark.parametrize(("first", "found"), [(0.99e-3, 1), (1.01e-3, 0)])
def test_the_limit_is_three_decades(make: Any, make_profile: Any, first: float, found: int) -> None:
    assert len(vanishing([make(step, make_profile(first, 1.0)) for step in range(1, 6)])) == found


def test_other_limits(make: Any, make_profile: Any) -> None:
    records = [make(step, make_profile(1e-2, 1.0)) for step in range(1, 4)]
    assert vanishing(records) == []
    assert len(partial(vanishing, decades=-1.5, checks=3)(records)) == 1


def test_it_is_found_within_150_steps(make: Any, make_profile: Any) -> None:
    checks = [1, 2, 4, 8, 16, 32, 50, 100, 150]
    found = [bool(vanishing([make(s, make_profile(1e-6, 1.0)) for s in checks[:n]])) for n in range(1, 10)]
    assert found == [False] * 4 + [True] * 5


def test_it_is_a_warning_while_the_loss_falls(make: Any, make_profile: Any) -> None:
    falling = [make(s, make_profile(1e-5, 1.0), loss=3.0 if s < 6 else 2.0) for s in range(1, 11)]
    assert [finding.severity for finding in vanishing(falling)] == ["warning"]
    slow = [make(s, make_profile(1e-5, 1.0), loss=3.0 if s < 6 else 2.9) for s in range(1, 11)]
    assert [finding.severity for finding in vanishing(slow)] == ["critical"]


@pytest.mark.parametrize(("first", "last"), [("nan", 1.0), (1e-9, "inf"), (0.0, 1.0), (1e-9, 0.0)])
def test_it_says_nothing_of_what_cannot_be_compared(make: Any, make_profile: Any, first: Any, last: Any) -> None:
    assert vanishing([make(step, make_profile(first, last)) for step in range(1, 6)]) == []


def test_a_signal_too_small_for_a_number_has_vanished(make: Any) -> None:
    deltas = {"a": 0.0, "b": 1e-18, "c": 1e-9, "d": 1.0}
    layers = {path: {"kernel_rms": 1.0, "delta_rms": delta} for path, delta in deltas.items()}
    (finding,) = vanishing([make(step, layers) for step in range(1, 6)])
    assert finding.layer == "a"
    assert finding.evidence["depth_score"] == pytest.approx(-18.0)
    assert finding.evidence["delta_first"] == 0.0


def test_it_falls_back_on_biases(make: Any) -> None:
    layers: dict[str, Any] = {"rnn": {"bias_rms": 1e-7, "kernel_rms": 1.0}, "head": {"bias_rms": 1.0, "delta_rms": 1.0}}
    assert [finding.layer for finding in vanishing([make(s, layers) for s in range(5)])] == ["rnn"]
    layers["rnn"]["bias_idle"] = True
    assert vanishing([make(s, layers) for s in range(5)]) == []


def test_a_converged_model_silences_it(make: Any, make_profile: Any) -> None:
    def run(last_loss: float) -> list[Any]:
        # The signal came back only at the latest check, so that the median still says that it had vanished.
        firsts = [1e-5] * 7 + [0.5]
        losses = [2.0] * 5 + [last_loss] * 3
        return [
            make(s, make_profile(first, 1.0), loss=loss, grad_norm=loss)
            for s, (first, loss) in enumerate(zip(firsts, losses, strict=True), 1)
        ]

    assert vanishing(run(0.01)) == []
    assert len(vanishing(run(0.2))) == 1


def test_the_causes_follow_from_the_activation_and_the_start(make: Any, make_profile: Any) -> None:
    (sigmoid,) = vanishing([make(step, make_profile(1e-5, 1.0)) for step in range(1, 6)])
    assert sigmoid.causes[0].startswith("sigmoid passes back at most 0.25 of the signal a layer")
    assert "between last and first" in sigmoid.causes[-1]
    assert sigmoid.change == {"model.activation": "elu", "model.initializer": "auto"}
    (relu,) = vanishing([make(step, make_profile(1e-5, 1.0, "relu")) for step in range(1, 6)])
    assert "initial weights are too small" in relu.causes[0]
    assert relu.change == {"model.initializer": "auto"}
    late = [make(1, make_profile(0.1, 1.0, "relu"))]
    late += [make(step, make_profile(1e-5, 1.0, "relu")) for step in range(2, 7)]
    assert "at first the signal lost 1.0 decades only" in vanishing(late)[0].causes[0]


def test_a_sigmoid_at_the_end_is_no_cause(make: Any, make_profile: Any) -> None:
    layers = make_profile(1e-5, 1.0, "relu") | {"last_act": {"act_rms": 1.0, "activation": "sigmoid"}}
    (finding,) = vanishing([make(step, layers) for step in range(1, 6)])
    assert "initial weights are too small" in finding.causes[0]
    assert finding.change == {"model.initializer": "auto"}


@pytest.mark.parametrize(("idle", "found"), [(False, 0), (True, 1)])
def test_pooling_thins_delta_out_and_not_the_biases(make: Any, idle: bool, found: int) -> None:
    biases: dict[str, Any] = {"bias_rms": 0.1, **({"bias_idle": True} if idle else {})}
    layers = {"conv": {"delta_rms": 1e-4, **biases}, "head": {"delta_rms": 1.0, "bias_rms": 1.0}}
    assert len(vanishing([make(step, layers) for step in range(1, 6)])) == found
