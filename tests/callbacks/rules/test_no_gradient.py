from typing import Any

import pytest

from piste.callbacks.rules import no_gradient, vanishing


def cut(*kernels: float, **extra: Any) -> dict[str, Any]:
    """Layers a, b, c, ... with these kernel gradients."""
    return {chr(ord("a") + place): {"kernel_rms": value, **extra} for place, value in enumerate(kernels)}


def test_it_names_the_last_layer_that_receives_a_gradient(make: Any) -> None:
    (finding,) = no_gradient([make(1, cut(0.0, 0.0, 0.5, 1.0)), make(2, cut(0.0, 0.0, 0.5, 1.0))])
    assert (finding.layer, finding.severity) == ("c", "critical")
    assert finding.evidence == {"layers_without": 2.0, "layers": 4.0}
    assert (
        "2 of 4 trained layers, from a to b, have a gradient of exactly 0: the gradient ends behind c" in finding.advice
    )


def test_it_takes_two_checks_in_a_row_and_zeros_at_the_front(make: Any) -> None:
    bad, good = cut(0.0, 1.0), cut(1e-30, 1.0)
    assert no_gradient([make(1, bad)]) == []
    assert no_gradient([make(1, bad), make(2, good)]) == []
    assert no_gradient([make(1, bad), make(2, good), make(4, bad)]) == []
    assert no_gradient([make(1, cut(1.0, 0.0)), make(2, cut(1.0, 0.0))]) == []


def test_frozen_layers_are_passed_over(make: Any) -> None:
    layers = {"frozen": {"delta_rms": 0.0}} | cut(1.0, 1.0)
    assert no_gradient([make(step, layers) for step in (1, 2)]) == []


def test_a_kernel_whose_inputs_are_0_is_not_cut_off(make: Any) -> None:
    layers = {"a": {"kernel_rms": 0.0, "delta_rms": 0.1, "bias_rms": 0.1}, "b": {"kernel_rms": 1.0, "delta_rms": 1.0}}
    assert no_gradient([make(step, layers) for step in (1, 2)]) == []


def test_a_penalty_on_weights_hides_nothing_where_there_is_a_delta(make: Any) -> None:
    layers = {"a": {"kernel_rms": 0.01, "delta_rms": 0.0}, "b": {"kernel_rms": 1.0, "delta_rms": 1.0}}
    assert [finding.layer for finding in no_gradient([make(step, layers) for step in (1, 2)])] == ["b"]


def test_the_noise_of_an_idle_bias_is_no_gradient(make: Any) -> None:
    idle = {"kernel_rms": 0.0, "bias_rms": 1e-9, "bias_idle": True}
    layers = {"a": idle, "b": {"kernel_rms": 1.0}}
    assert len(no_gradient([make(step, layers) for step in (1, 2)])) == 1
    layers["a"] = {"kernel_rms": 0.0, "bias_rms": 1e-9}
    assert no_gradient([make(step, layers) for step in (1, 2)]) == []


def test_a_signal_that_has_vanished_to_0_is_vanishing(make: Any) -> None:
    def run(second: float) -> list[Any]:
        deltas = {"a": 0.0, "b": second, "c": 1.0}
        layers = {path: {"kernel_rms": delta, "delta_rms": delta} for path, delta in deltas.items()}
        return [make(step, layers) for step in range(1, 6)]

    assert (no_gradient(run(1e-9)), len(vanishing(run(1e-9)))) == ([], 1)
    assert (len(no_gradient(run(0.1))), vanishing(run(0.1))) == (1, [])


def test_a_skipped_step_says_nothing(make: Any) -> None:
    assert no_gradient([make(1, cut(0.0, 1.0), skipped=0), make(2, cut(0.0, 1.0), skipped=1)]) == []
    (finding,) = no_gradient([make(step, cut(0.0, 1.0), skipped=0) for step in (1, 2)])
    assert finding.causes[0] == "the gradient is too small for float16"


@pytest.mark.parametrize(("loss", "found"), [(0.05, 0), (0.2, 1)])
def test_no_gradient_anywhere_is_a_fault_only_while_there_is_something_to_learn(
    make: Any, loss: float, found: int
) -> None:
    findings = no_gradient([make(1, cut(1.0, 1.0)), *[make(step, cut(0.0, 0.0), loss=loss) for step in (2, 4)]])
    assert len(findings) == found
    for finding in findings:
        assert finding.layer is None and finding.change == {}
        assert "softmax over one unit" in finding.causes[0]
        assert "sigmoid for one unit" in finding.advice


def test_a_flat_activation_on_the_way_is_the_likeliest_cause(make: Any) -> None:
    def run(saturated: float) -> list[Any]:
        layers = {
            "a": {"kernel_rms": 0.0},
            "a_act": {"saturated": saturated, "activation": "relu"},
            **{"b": {"kernel_rms": 1.0}},
        }
        return [make(step, layers) for step in (1, 2)]

    (flat,) = no_gradient(run(1.0))
    assert flat.causes[0] == "every unit of a_act is in the flat part of relu, which lets nothing through"
    assert flat.change == {"model.activation": "leaky_relu", "model.initializer": "auto"}
    (other,) = no_gradient(run(0.5))
    assert "does not depend on these layers" in other.causes[0] and other.change == {}


def test_rounding_errors_are_no_gradient(make: Any) -> None:
    def run(*norms: float) -> list[Any]:
        return [make(step, cut(1e-9, 1e-8), grad_norm=norm, loss=0.5) for step, norm in enumerate(norms, 1)]

    (finding,) = no_gradient(run(3e-7, 2e-7, 3e-7))
    assert (finding.layer, finding.severity) == (None, "critical")
    assert finding.evidence == {"layers": 2.0, "grad_norm": 3e-7, "loss": 0.5}
    assert (
        "gradient of all 2 trained layers has been rounding errors since the first step, 3e-07 at a loss of 0.5"
        in finding.advice
    )
    assert "softmax over one unit" in finding.causes[0]
    # 7e-6 squared is 1e-10 of the loss; and what was learnt from once may be small later on.
    assert no_gradient(run(3e-7, 8e-6, 3e-7)) == []
    assert no_gradient(run(1.0, 3e-7, 3e-7)) == []
    assert no_gradient(run(3e-7)) == []
