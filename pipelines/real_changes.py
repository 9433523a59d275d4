"""What a finding suggests to change, as far as it would change this config."""

from collections.abc import Mapping
from typing import Any

from piste.pipelines.config.config import Config
from piste.pipelines.config.load import change_config
from piste.pipelines.config.problems import ConfigProblems


def real_changes(config: Config, changes: Mapping[str, Any]) -> dict[str, Any]:
    """Leaves out what the config says already, and what it has no key for.

    Rules know records and not configs: they suggest `initializer: auto` where the config has it, and to models such as
    those of keras.applications, which have no key for it. What is written otherwise and comes to the same stays.

    Args:
        config: of the run.
        changes: dotted key -> value, as a finding has them.

    Example:
        >>> from piste.pipelines.config.load import load_config
        >>> real_changes(load_config("quickstart"), {"model.initializer": "auto", "data.scale": "standardize"})
        {'data.scale': 'standardize'}
    """
    return {key: value for key, value in changes.items() if _makes_another(config, key, value)}


def _makes_another(config: Config, key: str, value: Any) -> bool:
    try:
        return change_config(config, {key: value}) != config
    except ConfigProblems:
        return False
