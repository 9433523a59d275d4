"""Findings as a page shows them."""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

import yaml

from piste.callbacks.findings import Finding
from piste.callbacks.report.numbers import show

ORDER = {"critical": 0, "warning": 1, "info": 2}


@dataclasses.dataclass(frozen=True)
class Place:
    """Where one finding was made.

    Args:
        layer: path of the layer, or "the whole model".
        when: epoch and steps.
        evidence: name of a number -> the number, as text.
    """

    layer: str
    when: str
    evidence: Mapping[str, str]


@dataclasses.dataclass(frozen=True)
class Card:
    """Findings that say the same of one or more layers.

    Args:
        rule: name of the rule.
        severity: "info", "warning" or "critical".
        places: the layers, in the order of the findings.
        causes: likely causes, the likeliest first.
        advice: what to do, in the words of the first place.
        change: YAML to paste into the config, or "".
        closed: whether it was cured since.
    """

    rule: str
    severity: str
    places: tuple[Place, ...]
    causes: tuple[str, ...]
    advice: str
    change: str
    closed: bool


def cards(findings: Sequence[Finding]) -> list[Card]:
    """Puts findings into words: those that last first, the worst of them at the top.

    Findings of one rule with the same severity, causes and change share a card, so that twenty layers with dead units
    are one thing to read.
    """
    ranked = sorted(findings, key=lambda finding: (finding.closed, ORDER[finding.severity], finding.step))
    groups: dict[tuple[Any, ...], list[Finding]] = {}
    for finding in ranked:
        alike = (finding.closed, finding.rule, finding.severity, finding.causes, as_yaml(finding.change))
        groups.setdefault(alike, []).append(finding)
    return [
        Card(rule, severity, tuple(map(_place, group)), causes, group[0].advice, change, closed)
        for (closed, rule, severity, causes, change), group in groups.items()
    ]


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


def _place(finding: Finding) -> Place:
    first, last = finding.step, finding.last_step
    steps = f"step {first}" if first == last else f"steps {first} to {last}"
    evidence = {name.replace("_", " "): show(value) for name, value in finding.evidence.items()}
    return Place(finding.layer or "the whole model", f"epoch {finding.epoch}, {steps}", evidence)
