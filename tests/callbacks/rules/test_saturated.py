from typing import Any

import pytest

from piste.callbacks.rules import saturated
from piste.models.activations.table import ACTIVATIONS

CENTRED = {"sigmoid", "tanh", "softsign", "hard_sigmoid"}


@pytest.mark.parametrize("name", list(ACTIVATIONS))
def test_only_activations_meant_for_their_middle_are_judged(make: Any, make_saturation: Any, name: str) -> None:
    found = saturated([make(step, make_saturation(1.0, name)) for step in (1, 2, 4)])
    assert [finding.severity for finding in found] == (["warning"] if name in CENTRED else [])


def test_it_takes_three_checks_in_a_row(make: Any, make_saturation: Any) -> None:
    def run(*shares: float) -> list[Any]:
        return [make(step, make_saturation(share)) for step, share in enumerate(shares, 1)]

    assert saturated(run(0.9, 0.9)) == []
    assert saturated(run(0.9, 0.9, 0.75)) == saturated(run(0.9, 0.7, 0.9)) == []
    (finding,) = saturated(run(0.2, 0.76, 0.8, 0.77))
    assert finding.evidence == {"share": 0.77, "share_at_first": 0.2}
    assert "77 % of the outputs of act lie where tanh has less than 5 % of its slope" in finding.advice


def test_the_end_of_a_model_may_be_sure(make: Any) -> None:
    head = {"head": {"kernel_rms": 1.0, "saturated": 1.0, "activation": "sigmoid"}}
    assert saturated([make(step, head) for step in (1, 2, 4)]) == []
    hidden = head | {"next": {"kernel_rms": 1.0}}
    assert [finding.layer for finding in saturated([make(step, hidden) for step in (1, 2, 4)])] == ["head"]


@pytest.mark.parametrize(
    ("shares", "deep", "cause", "changed"),
    [
        ((0.9, 0.9, 0.9), False, "the inputs are not scaled", {"data.scale": "standardize"}),
        ((0.9, 0.9, 0.9), True, "the initial weights are too large for this activation", {}),
        ((0.1, 0.9, 0.9, 0.9), True, "the weights have grown", {"training.optimizer.clipnorm": 1.0}),
    ],
)
def test_the_likeliest_cause_follows_from_place_and_time(
    make: Any, make_saturation: Any, shares: tuple[float, ...], deep: bool, cause: str, changed: dict[str, Any]
) -> None:
    before = {"before": {"saturated": 0.0, "activation": "tanh"}} if deep else {}
    (finding,) = saturated([make(s, before | make_saturation(share)) for s, share in enumerate(shares, 1)])
    assert finding.causes[0].startswith(cause)
    assert finding.change == {"model.activation": "elu", "model.initializer": "auto"} | changed
