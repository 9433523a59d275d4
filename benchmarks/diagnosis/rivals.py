"""How other tools judge a training, rebuilt from their published rules and default thresholds.

They judge what `Probe` saw of one batch. Amazon SageMaker Debugger's rules are those of its guide, AutoTrainer's those
of the paper of 2021, DeepDiagnosis' those of the paper of 2022. Rules about other matters than gradients and
activations, such as overfitting, are left out.
"""

import dataclasses
from collections.abc import Callable, Sequence
from typing import Any

Look = dict[str, Any]
"""Step, loss, best accuracy so far, whether all is finite, and summaries of gradients, activations and updates."""

INSIDE = {"tanh": (-9.4999, 9.4999), "sigmoid": (-23.0, 16.99999)}
"""Pre-activations between which SageMaker Debugger does not call a unit saturated."""

FLOW = frozenset({"VANISHING", "NO_GRADIENT"})
GROWTH = frozenset({"EXPLODING", "NONFINITE"})
DEATH = frozenset({"DEAD", "NO_GRADIENT"})
SATURATION = frozenset({"SATURATED"})
GATE = 0.7


@dataclasses.dataclass(frozen=True)
class RivalRule:
    """One rule of another tool.

    Args:
        name: what the tool calls it.
        means: the rules here that name the same fault.
        fires: whether it holds for what was seen in a training.
    """

    name: str
    means: frozenset[str]
    fires: Callable[[Sequence[Look]], bool]


def _ever(holds: Callable[[Look], bool]) -> Callable[[Sequence[Look]], bool]:
    return lambda looks: any(holds(look) for look in looks)


def _tiny_gradient(look: Look) -> bool:
    return any(float(gradient["mean_abs"]) < 1e-7 for gradient in look["gradients"])


def _not_finite(look: Look) -> bool:
    return not look["finite"]


def _inactive_relu(look: Look) -> bool:
    return any(part["inactive_units"] > 0.5 for part in look["activations"] if part["name"] == "relu")


def _far_outside(look: Look) -> bool:
    return any(part["outside_units"] > 0.5 for part in look["activations"] if part["name"] in INSIDE)


def _huge_update(look: Look) -> bool:
    return any(float(ratio) > 10 for ratio in look["update_ratios"])


def _tiny_update(look: Look) -> bool:
    return any(float(ratio) < 1e-8 for ratio in look["update_ratios"])


def _ends(look: Look) -> tuple[float, float]:
    norms = [float(gradient["norm"]) for gradient in look["gradients"] if gradient["rank"] >= 2]
    return norms[0], norms[-1]


def _ratio_small(look: Look) -> bool:
    first, last = _ends(look)
    return last > 0 and first / last < 1e-3 and first < 1e-4


def _ratio_large_or_lost(look: Look) -> bool:
    first, last = _ends(look)
    lost = not float(look["loss"]) < 1e3 and not look["finite"]
    return lost or (last > 0 and first / last > 70)


def _zero_gradients(look: Look) -> bool:
    zeros = sum(gradient["zeros"] for gradient in look["gradients"])
    return bool(zeros >= 0.7 * sum(gradient["size"] for gradient in look["gradients"]))


def _gated(holds: Callable[[Look], bool]) -> Callable[[Look], bool]:
    """Judges only while the best accuracy of an epoch is below the gate; without an accuracy there is no gate."""
    return lambda look: (look["accuracy"] is None or look["accuracy"] < GATE) and holds(look)


def _dead_node(looks: Sequence[Look]) -> bool:
    return any(part["nonpositive"] >= 0.7 for part in looks[-1]["activations"] if part["name"] == "relu")


def _beyond_five(look: Look) -> bool:
    return any(part["beyond_5"] > 0.5 for part in look["activations"] if part["name"] in INSIDE)


SAGEMAKER = (
    RivalRule("VanishingGradient", FLOW, _ever(_tiny_gradient)),
    RivalRule("ExplodingTensor", GROWTH, _ever(_not_finite)),
    RivalRule("DeadRelu", DEATH, _ever(_inactive_relu)),
    RivalRule("SaturatedActivation", SATURATION, _ever(_far_outside)),
    RivalRule("WeightUpdateRatio, too large", GROWTH, _ever(_huge_update)),
    RivalRule("WeightUpdateRatio, too small", FLOW, _ever(_tiny_update)),
)
AUTOTRAINER = (
    ("gradient vanish", FLOW, _ratio_small),
    ("gradient explode", GROWTH, _ratio_large_or_lost),
    ("dying ReLU", DEATH, _zero_gradients),
)
DEEPDIAGNOSIS = (
    RivalRule("dead node", DEATH, _dead_node),
    RivalRule("saturated activation", SATURATION, _ever(_beyond_five)),
    RivalRule("vanishing gradient", FLOW, _ever(_tiny_gradient)),
    RivalRule("numerical error", GROWTH, _ever(_not_finite)),
)
RIVALS: dict[str, tuple[RivalRule, ...]] = {
    "SageMaker Debugger": SAGEMAKER,
    "AutoTrainer": tuple(RivalRule(name, means, _ever(_gated(holds))) for name, means, holds in AUTOTRAINER),
    "AutoTrainer without its accuracy gate": tuple(
        RivalRule(name, means, _ever(holds)) for name, means, holds in AUTOTRAINER
    ),
    "DeepDiagnosis": DEEPDIAGNOSIS,
}
"""Tool -> its rules."""


def judgement(tool: str, looks: Sequence[Look]) -> frozenset[str]:
    """Says what a tool finds in a training.

    Args:
        tool: a key of `RIVALS`.
        looks: what a probe saw, oldest first.

    Returns:
        The rules here that name what it found; empty if it found nothing.
    """
    return frozenset().union(*(rule.means for rule in RIVALS[tool] if rule.fires(looks)))
