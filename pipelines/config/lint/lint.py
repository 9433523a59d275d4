"""Warnings about a config that is valid: what it says is allowed, and rarely meant."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial

from piste.pipelines.config.config import Config
from piste.pipelines.config.faults import Fault
from piste.pipelines.config.lint import initializers, layers, outputs, schedules, self_normalizing
from piste.pipelines.config.lint.facts import steps_per_epoch
from piste.pipelines.config.lint.names import RULES
from piste.pipelines.config.problems import Problem
from piste.pipelines.config.validate import problem


def lint(config: Config, steps: int | None = None) -> tuple[Problem, ...]:
    """Returns the warnings about a config, without those that its `silence` names.

    Args:
        config: from `load_config`.
        steps: optimizer steps of an epoch; None takes what the config says of its data, and leaves out what
            cannot be known from it.

    Example:
        >>> from piste.pipelines.config.load import load_config
        >>> config = load_config("quickstart", ["model.initializer=glorot_uniform"])
        >>> [warning.rule for warning in lint(config)]
        ['initializer']
    """
    steps = steps_per_epoch(config) if steps is None else steps
    rules: dict[str, Callable[[Config], Iterator[Fault]]] = {
        "initializer": initializers.initializer,
        "selu_inputs": self_normalizing.selu_inputs,
        "selu_batch_norm": self_normalizing.selu_batch_norm,
        "selu_dropout": self_normalizing.selu_dropout,
        "selu_regularizer": self_normalizing.selu_regularizer,
        "bias_before_batch_norm": layers.bias_before_batch_norm,
        "unscaled_inputs": layers.unscaled_inputs,
        "loss_and_output": outputs.loss_and_output,
        "schedule_never_fires": partial(schedules.schedule_never_fires, steps_per_epoch=steps),
        "schedule_ends_early": partial(schedules.schedule_ends_early, steps_per_epoch=steps),
        "early_stopping_never_fires": schedules.early_stopping_never_fires,
    }
    assert tuple(rules) == RULES
    found = [
        replace(problem(config.tree, fault), rule=name)
        for name, rule in rules.items()
        if name not in config.silence
        for fault in rule(config)
    ]
    return tuple(sorted(found, key=lambda warning: (warning.origin.file, warning.origin.line, warning.origin.column)))
