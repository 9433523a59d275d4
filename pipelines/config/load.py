"""From a path or a name to a checked config."""

import json
from collections.abc import Iterable
from collections.abc import Mapping as Changes
from functools import cache
from pathlib import Path as FilePath
from typing import Any

from piste.pipelines.config import overrides as override
from piste.pipelines.config.check_training import sets_rate
from piste.pipelines.config.config import Config
from piste.pipelines.config.extends import read_chain
from piste.pipelines.config.faults import Path
from piste.pipelines.config.nodes import Mapping, Node
from piste.pipelines.config.preset import lay_under, without_preset
from piste.pipelines.config.problems import ConfigProblems, Problem
from piste.pipelines.config.reader import compose
from piste.pipelines.config.schema.settings import Settings
from piste.pipelines.config.schema.training import DEFAULT_OPTIMIZER, Training
from piste.pipelines.config.shipped import resolve
from piste.pipelines.config.source import Source
from piste.pipelines.config.validate import validate


def load_config(path: str | FilePath, overrides: Iterable[str] = ()) -> Config:
    """Reads, merges and checks a config.

    Args:
        path: of a file, or the name of a shipped config as in "quickstart".
        overrides: `KEY=VALUE` texts, laid over the files in order.

    Raises:
        ConfigProblems: everything that is wrong with it, each problem in its place.

    Example:
        >>> config = load_config("quickstart", ["model.activation=selu"])
        >>> config.model.activation.type
        'selu'
        >>> print(config.origin("model.activation"))
        --set 1
    """
    file = resolve(path)
    tree, sources = read_chain(file)
    given = [Source(f"--set {number}", text, inline=True) for number, text in enumerate(overrides, start=1)]
    presets = [source for source in given if source.text.startswith("preset=")]
    problems: list[Problem] = []
    tree = _overlaid(tree, presets, problems)
    try:
        tree, under = lay_under(tree)
    except ConfigProblems as error:
        problems += error.problems
        tree, under = without_preset(tree), []
    tree = _overlaid(tree, [source for source in given if source not in presets], problems)
    return _checked(tree, [*under, *sources, *given], file.stem, problems)


def change_config(config: Config, changes: Changes[str, Any]) -> Config:
    """Lays other values over a config.

    Args:
        config: stays as it is.
        changes: dotted key -> plain value, as findings have them.

    Raises:
        ConfigProblems: everything that is wrong then, each problem in its place.

    Example:
        >>> change_config(load_config("quickstart"), {"model.activation": "selu"}).model.activation.type
        'selu'
    """
    texts = [f"{key}={json.dumps(value)}" for key, value in changes.items()]
    given = [Source(f"change {number}", text, inline=True) for number, text in enumerate(texts, start=1)]
    problems: list[Problem] = []
    tree = _overlaid(config.tree, given, problems)
    return _checked(tree, [*config.sources, *given], config.name, problems)


def _checked(tree: Mapping, sources: list[Source], name: str, problems: list[Problem]) -> Config:
    """Returns the config of a merged tree, or raises with these and all further problems."""
    try:
        settings = validate(tree, sources)
    except ConfigProblems as error:
        raise ConfigProblems([*problems, *error.problems]) from None
    if problems:
        raise ConfigProblems(problems)
    settings = settings.model_copy(update={"training": _settle(settings.training)})
    values = {key: getattr(settings, key) for key in Settings.model_fields}
    return Config(**values, name=name, sources=tuple(sources), tree=tree)


def _overlaid(tree: Mapping, overrides: Iterable[Source], problems: list[Problem]) -> Mapping:
    """Returns the tree with overrides laid over it; what cannot be laid is added to the problems."""
    for source in overrides:
        try:
            tree = override.apply(tree, source, _defaults())
        except ConfigProblems as error:
            problems += error.problems
    return tree


def _settle(training: Training) -> Training:
    """Drops the optimiser's learning rate where the schedule brings its own, and adds up the epochs of stages."""
    if training.stages is not None:
        training = training.model_copy(update={"epochs": sum(stage.epochs for stage in training.stages)})
    if training.schedule is None or not sets_rate(training.schedule):
        return training
    arguments = {k: v for k, v in training.optimizer.arguments.items() if k != "learning_rate"}
    optimizer = training.optimizer.model_copy(update={"arguments": arguments})
    return training.model_copy(update={"optimizer": optimizer})


@cache
def _defaults() -> dict[Path, Node]:
    """Returns the components that stand when nothing is written, so that one of their keys can be set."""
    text = ", ".join(f"{key}: {str(value).lower()}" for key, value in DEFAULT_OPTIMIZER.plain().items())
    node = compose(Source("default", f"{{{text}}}", inline=True))
    assert node is not None
    return {("training", "optimizer"): node}
