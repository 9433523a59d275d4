"""Findings as a page shows them."""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

import yaml

from piste.callbacks.findings import Finding
from piste.callbacks.report.numbers import show

ORDER = {"critical": 0, "warning": 1, "info": 2}


@dataclasses.dataclass(frozen=True)
class Card:
    """One finding in words.

    Args:
        rule: name of the rule.
        layer: path of the layer, or "the whole model".
        severity: "info", "warning" or "critical".
        when: epoch and steps.
        evidence: (name, number) as text.
        causes: likely causes, the likeliest first.
        advice: what to do.
        change: YAML to paste into the config, or "".
        closed: whether it was cured since.
    """

    rule: str
    layer: str
    severity: str
    when: str
    evidence: tuple[tuple[str, str], ...]
    causes: tuple[str, ...]
    advice: str
    change: str
    closed: bool


def cards(findings: Sequence[Finding]) -> list[Card]:
    """Puts findings into words: those that last first, the worst of them at the top."""
    ranked = sorted(findings, key=lambda finding: (finding.closed, ORDER[finding.severity], finding.step))
    return [_card(finding) for finding in ranked]


def as_yaml(change: Mapping[str, Any]) -> str:
    r"""Writes changes of config keys as YAML that can be pasted.

    Args:
        change: dotted config key -> value.

    Returns:
        YAML text, "" for no change.

    Raises:
        ValueError: if one key lies within another.

    Example:
        >>> print(as_yaml({"model.activation": "elu", "model.initializer": "auto"}), end="")
        model:
          activation: elu
          initializer: auto
    """
    tree: dict[str, Any] = {}
    for key, value in change.items():
        *above, last = key.split(".")
        node = tree
        for name in above:
            node = node.setdefault(name, {})
            if not isinstance(node, dict):
                raise ValueError(f"`change` must not set a key within another. Received: {', '.join(change)}.")
        node[last] = value
    return yaml.safe_dump(tree, sort_keys=False, allow_unicode=True) if tree else ""


def _card(finding: Finding) -> Card:
    steps = f"step {finding.step}" if finding.step == finding.last_step else f"steps {finding.step} to {finding.last_step}"
    return Card(
        rule=finding.rule,
        layer=finding.layer or "the whole model",
        severity=finding.severity,
        when=f"epoch {finding.epoch}, {steps}",
        evidence=tuple((name.replace("_", " "), show(value)) for name, value in finding.evidence.items()),
        causes=tuple(finding.causes),
        advice=finding.advice,
        change=as_yaml(finding.change),
        closed=finding.closed,
    )
