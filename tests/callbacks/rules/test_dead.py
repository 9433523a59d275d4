from typing import Any

import pytest

from piste.callbacks.rules import dead


@pytest.mark.parametrize(
    ("share", "severity"), [(9, None), (10, "info"), (49, "info"), (50, "warning"), (89, "warning"), (90, "critical")]
)
def test_severities(make: Any, make_units: Any, share: int, severity: str | None) -> None:
    found = dead([make(50, make_units(share))])
    assert [finding.severity for finding in found] == ([] if severity is None else [severity])


def test_it_rests_on_the_latest_count_and_tells_born_from_died(make: Any, make_units: Any) -> None:
    uncounted = make(60, {"act": {"act_rms": 1.0, "activation": "relu"}})
    (born,) = dead([make(50, make_units(60)), uncounted])
    assert (born.step, born.evidence["share"], born.evidence["share_at_first"]) == (50, 0.6, 0.6)
    assert "dead from the start" in born.causes[0] and "died_step" not in born.evidence
    assert born.change == {"model.activation": "leaky_relu", "model.initializer": "auto"}
    (died,) = dead([make(50, make_units(5)), make(100, make_units(60))])
    assert died.evidence["share_at_first"] == 0.05
    assert "died while training" in died.causes[0]
    assert died.change == {"model.activation": "leaky_relu", "training.optimizer.clipnorm": 1.0}
    assert dead([uncounted]) == []


def test_it_says_when_most_died_and_how_many_came_back(make: Any, make_units: Any) -> None:
    run = [make(50 * place, make_units(count)) for place, count in enumerate([2, 10, 70, 80, 65], 1)]
    (finding,) = dead(run)
    assert (finding.evidence["died_step"], finding.evidence["revived"]) == (150.0, 15.0)
    (worst,) = dead(run[:4])
    assert worst.evidence["died_step"] == 150.0 and "revived" not in worst.evidence


def test_a_death_is_found_in_a_long_run(make: Any, make_units: Any) -> None:
    # 1,000 counts with one death among them: after 700 counts, at step 50 * 701.
    run = [make(50 * place, make_units(0 if place <= 700 else 60)) for place in range(1, 1001)]
    assert [finding.evidence["died_step"] for finding in dead(run)] == [35050.0]
    assert [finding.evidence["died_step"] for finding in dead(run[:701])] == [35050.0]


@pytest.mark.parametrize(("highest", "spike"), [(4.1, True), (3.9, False)])
def test_a_loss_that_doubled_on_the_way_is_the_cause(make: Any, make_units: Any, highest: float, spike: bool) -> None:
    between = make(75, {"act": {"act_rms": 1.0, "activation": "relu"}}, loss_max=highest)
    run = [make(50, make_units(0), loss_max=99.0), between, make(100, make_units(60), loss_max=2.0)]
    (finding,) = dead(run)
    assert ("from 2 to 4.1 by step 100" in finding.causes[0]) == spike
    assert ("drifted" in finding.causes[0]) != spike


@pytest.mark.parametrize(("samples", "bound"), [(2048, 0.00187220), (100, 0.0369935)])
def test_it_bounds_what_the_samples_can_say(make: Any, make_units: Any, samples: int, bound: float) -> None:
    # Wilson's upper end at 0 of M and z = 1.959964: 3.841459 / (M + 3.841459).
    (finding,) = dead([make(50, make_units(50, samples=samples))])
    assert finding.evidence["active_below"] == pytest.approx(bound, rel=1e-5)


def test_layers_are_judged_one_by_one(make: Any, make_units: Any) -> None:
    layers = {"one": make_units(60)["act"], "two": make_units(5)["act"], "three": make_units(95)["act"]}
    assert [(f.layer, f.severity) for f in dead([make(50, layers)])] == [("one", "warning"), ("three", "critical")]


def test_a_sure_sigmoid_at_the_end_is_not_dead(make: Any, make_units: Any) -> None:
    layers = make_units(1, "sigmoid", units=1)
    assert len(dead([make(50, layers)])) == 1
    del layers["last"]
    assert dead([make(50, layers)]) == []
    layers["act"]["activation"] = "relu"
    assert len(dead([make(50, layers)])) == 1


def test_it_says_nothing_once_numbers_are_not_finite(make: Any, make_units: Any) -> None:
    assert dead([make(50, make_units(90), nonfinite={"step": 40, "layer": None})]) == []


def test_a_way_out_names_the_layer_the_numbers_and_another_activation(make: Any, make_units: Any) -> None:
    (finding,) = dead([make(50, make_units(95, "relu6"))])
    assert finding.advice.startswith("95 of 100 units of act are flat on all of 2048 samples: relu6 passes no gradient")
    assert "Use leaky_relu" in finding.advice
