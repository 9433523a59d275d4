"""The rules of other tools, each at its threshold and just beside it."""

from typing import Any

import pytest

from benchmarks.diagnosis.rivals import RIVALS, judgement

FLOW, GROWTH = {"VANISHING", "NO_GRADIENT"}, {"EXPLODING", "NONFINITE"}
DEATH, SATURATION = {"DEAD", "NO_GRADIENT"}, {"SATURATED"}
SAGEMAKER, AUTOTRAINER, DEEPDIAGNOSIS = "SageMaker Debugger", "AutoTrainer", "DeepDiagnosis"
UNGATED = "AutoTrainer without its accuracy gate"


def gradient(norm: Any = 1.0, mean_abs: Any = 0.1, zeros: int = 0, rank: int = 2) -> dict[str, Any]:
    return {"rank": rank, "norm": norm, "mean_abs": mean_abs, "zeros": zeros, "size": 100}


def activation(name: str, **shares: float) -> dict[str, Any]:
    return {"name": name, "nonpositive": 0.5, "inactive_units": 0.0, "outside_units": 0.0, "beyond_5": 0.0} | shares


def look(**seen: Any) -> dict[str, Any]:
    plain = {"step": 1, "loss": 1.0, "accuracy": None, "finite": True}
    return plain | {"gradients": [gradient(), gradient()], "activations": [], "update_ratios": []} | seen


@pytest.mark.parametrize("tool", RIVALS)
def test_a_plain_training_raises_no_alarm(tool: str) -> None:
    seen = look(activations=[activation("relu"), activation("tanh")], update_ratios=[1e-3])
    assert judgement(tool, [seen, seen]) == frozenset()


@pytest.mark.parametrize(
    ("tool", "faulty", "sound", "means"),
    [
        (SAGEMAKER, {"gradients": [gradient(mean_abs=0.9e-7)]}, {"gradients": [gradient(mean_abs=1.1e-7)]}, FLOW),
        (SAGEMAKER, {"finite": False}, {"loss": 1e9}, GROWTH),
        (
            SAGEMAKER,
            {"activations": [activation("relu", inactive_units=0.51)]},
            {"activations": [activation("relu", inactive_units=0.5), activation("elu", inactive_units=1.0)]},
            DEATH,
        ),
        (
            SAGEMAKER,
            {"activations": [activation("tanh", outside_units=0.51)]},
            {"activations": [activation("tanh", outside_units=0.5), activation("softsign", outside_units=1.0)]},
            SATURATION,
        ),
        (SAGEMAKER, {"update_ratios": [11.0]}, {"update_ratios": [9.0]}, GROWTH),
        (SAGEMAKER, {"update_ratios": [0.9e-8]}, {"update_ratios": [1.1e-8]}, FLOW),
        (
            UNGATED,
            {"gradients": [gradient(0.9e-4), gradient(1.0)]},
            {"gradients": [gradient(1.1e-4), gradient()]},
            FLOW,
        ),
        (UNGATED, {"gradients": [gradient(71.0), gradient(1.0)]}, {"gradients": [gradient(69.0), gradient()]}, GROWTH),
        (UNGATED, {"loss": "nan", "finite": False}, {"loss": "nan"}, GROWTH),
        (UNGATED, {"gradients": [gradient(zeros=70)]}, {"gradients": [gradient(zeros=69)]}, DEATH),
        (
            DEEPDIAGNOSIS,
            {"activations": [activation("relu", nonpositive=0.7)]},
            {"activations": [activation("relu", nonpositive=0.69), activation("elu", nonpositive=0.9)]},
            DEATH,
        ),
        (
            DEEPDIAGNOSIS,
            {"activations": [activation("sigmoid", beyond_5=0.51)]},
            {"activations": [activation("sigmoid", beyond_5=0.5)]},
            SATURATION,
        ),
        (DEEPDIAGNOSIS, {"gradients": [gradient(mean_abs=0.0)]}, {"gradients": [gradient(mean_abs=2e-7)]}, FLOW),
        (DEEPDIAGNOSIS, {"finite": False}, {}, GROWTH),
    ],
)
def test_a_rule_fires_at_its_threshold(
    tool: str, faulty: dict[str, Any], sound: dict[str, Any], means: set[str]
) -> None:
    assert judgement(tool, [look(), look(**faulty)]) == means
    assert judgement(tool, [look(**faulty)]) == means
    assert judgement(tool, [look(**sound)]) == frozenset()


def test_autotrainer_judges_only_below_its_accuracy() -> None:
    gradients = [gradient(0.5e-4), gradient(1.0)]
    assert judgement(AUTOTRAINER, [look(gradients=gradients, accuracy=0.69)]) == FLOW
    assert judgement(AUTOTRAINER, [look(gradients=gradients, accuracy=0.7)]) == frozenset()
    assert judgement(UNGATED, [look(gradients=gradients, accuracy=0.7)]) == FLOW
    assert judgement(AUTOTRAINER, [look(gradients=gradients)]) == FLOW  # a regression has no accuracy


def test_autotrainer_compares_kernels_and_not_biases() -> None:
    bias = gradient(1e-9, rank=1)
    assert judgement(UNGATED, [look(gradients=[bias, gradient(), gradient(), bias])]) == frozenset()


def test_deepdiagnosis_counts_dead_nodes_at_the_end_only() -> None:
    dead = look(activations=[activation("relu", nonpositive=0.9)])
    assert judgement(DEEPDIAGNOSIS, [dead, look()]) == frozenset()
    assert judgement(DEEPDIAGNOSIS, [look(), dead]) == DEATH
