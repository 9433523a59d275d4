"""What holds for all rules: when they are silent, what they say, and that their changes are valid."""

import dataclasses
import json
from typing import Any

import pytest
import yaml

from piste.callbacks.findings import Finding
from piste.callbacks.rules import GRADIENT_RULES, UNIT_RULES, dead
from piste.models.activations.table import ACTIVATIONS
from piste.pipelines.config.load import load_config

Runs = dict[str, list[dict[str, Any]]]
NAMES = {
    "NONFINITE", "EXPLODING", "VANISHING", "NO_GRADIENT", "SYMMETRIC", "UPDATE_TOO_LARGE", "INITIAL_LOSS", "CONVERGED",
    "DEAD", "SATURATED", "QUIET", "STUCK_SLOPE",
}  # fmt: skip
CONFIGS = ["quickstart", "fashion_mnist/cnn_small", "fashion_mnist/deep_sigmoid", "synthetic/circles"]


def spoken(records: list[dict[str, Any]]) -> list[Finding]:
    return [finding for rule in GRADIENT_RULES + UNIT_RULES for finding in rule(records)]


def test_every_rule_is_silent_on_a_healthy_run_at_every_check(healthy: list[dict[str, Any]]) -> None:
    assert [spoken(healthy[: count + 1]) for count in range(len(healthy))] == [[]] * len(healthy)


def test_every_fault_is_told_by_its_rule(faults: Runs) -> None:
    told: set[str] = set()
    for name, records in faults.items():
        rules = {finding.rule for finding in spoken(records)}
        words = {rule.lower().replace("_", " ") for rule in rules}
        assert any(name.startswith(word) for word in words), (name, words)
        told |= rules
    assert told == NAMES


def test_findings_say_what_why_and_what_to_do(faults: Runs) -> None:
    for name, records in faults.items():
        for finding in spoken(records):
            assert finding.causes and finding.advice.endswith("."), name
            assert finding.layer is None or finding.layer in finding.advice, name
            assert finding.evidence and all(isinstance(value, float) for value in finding.evidence.values()), name
            assert json.loads(json.dumps(finding.as_dict())) == finding.as_dict() | {"causes": list(finding.causes)}


def test_rules_leave_the_records_alone(faults: Runs) -> None:
    for records in faults.values():
        before = json.dumps(records)
        spoken(records)
        assert json.dumps(records) == before


@pytest.mark.parametrize("config", CONFIGS)
def test_every_change_is_valid_in_a_config(faults: Runs, config: str) -> None:
    changes = {
        json.dumps(dict(finding.change), sort_keys=True)
        for records in faults.values()
        for finding in spoken(records)
        if finding.change
    }
    assert len(changes) >= 8
    for change in changes:
        overrides = [f"{key}={yaml.safe_dump(value).strip()}" for key, value in json.loads(change).items()]
        overrides = [override.removesuffix("\n...") for override in overrides]
        load_config(config, overrides)


def test_no_change_clips_in_a_second_way(faults: Runs) -> None:
    for name, records in faults.items():
        clipped = [record | {"clipped": True} for record in records]
        for free, limited in zip(spoken(records), spoken(clipped), strict=True):
            keep = {key: value for key, value in free.change.items() if key != "training.optimizer.clipnorm"}
            assert limited.change == keep, name


def test_what_was_found_before_a_number_was_not_finite_stays_as_it_was(faults: Runs) -> None:
    for name, records in faults.items():
        if not name.startswith("nonfinite"):
            last = records[-1]["step"] + 1
            nan = {"loss": "nan", "nonfinite": {"step": last, "layer": None}, "step": last}
            after = [finding for finding in spoken([*records, records[-1] | nan]) if finding.rule != "NONFINITE"]
            # INITIAL_LOSS is about step 1 and holds to the end of the run, whatever comes.
            after = [
                dataclasses.replace(finding, last_step=last - 1) if finding.rule == "INITIAL_LOSS" else finding
                for finding in after
            ]
            assert after == spoken(records), name


def test_an_activation_from_another_process_is_no_obstacle(faults: Runs) -> None:
    for name, records in faults.items():
        renamed = json.loads(json.dumps(records))
        for record in renamed:
            for part in record["layers"].values():
                if "activation" in part:
                    part["activation"] = "somebody_elses"
        found = {finding.rule for finding in spoken(renamed)}
        assert found == {finding.rule for finding in spoken(records)} - {"SATURATED", "STUCK_SLOPE"}, name


@pytest.mark.parametrize("name", list(ACTIVATIONS))
def test_dead_units_get_an_activation_that_is_not_flat_there(name: str, make: Any, make_units: Any) -> None:
    (finding,) = dead([make(50, make_units(60, name))])
    other = ACTIVATIONS[finding.change["model.activation"]]
    assert other.name != name and name in finding.advice
    flat, before = other.facts().flat, ACTIVATIONS[name].facts().flat
    # ELU is flat far on the left: it is for those that are flat on both sides, or for a leak that is too small.
    assert flat.right is None and (flat.left is None or before.right is not None or name == "leaky_relu")
