"""A training in stages, each as a `training` section of its own."""

from collections.abc import Iterator
from dataclasses import replace

from piste.pipelines.config.config import Config
from piste.pipelines.config.faults import Path
from piste.pipelines.config.schema.training import Training

_OWN = ("optimizer", "schedule", "early_stopping")


def in_stages(training: Training) -> tuple[Training, ...]:
    """Returns one section a stage, what it leaves out taken from the whole; without stages the whole alone.

    Example:
        >>> from piste.pipelines.config.load import load_config
        >>> whole = load_config("quickstart", ["training.stages=[{epochs: 1, optimizer: adam}, {epochs: 2}]"]).training
        >>> [(part.epochs, part.optimizer.type) for part in in_stages(whole)], whole.epochs
        ([(1, 'adam'), (2, 'sgd')], 3)
    """
    if training.stages is None:
        return (training,)
    parts = []
    for stage in training.stages:
        own = {key: getattr(stage, key) for key in _OWN if getattr(stage, key) is not None}
        parts.append(training.model_copy(update={**own, "epochs": stage.epochs, "stages": (stage,)}))
    return tuple(parts)


def stage_configs(config: Config) -> Iterator[Config]:
    """Yields the config as each stage sees it."""
    for part in in_stages(config.training):
        yield replace(config, training=part)


def place_in(training: Training, index: int, path: Path) -> Path:
    """Returns where a key of a stage's section was written: in the stage, or in the whole.

    Args:
        training: the whole.
        index: of the stage.
        path: the key as if there were no stages, as in ("training", "optimizer", "momentum").
    """
    if training.stages is None or len(path) < 2:
        return path
    stage, key = training.stages[index], str(path[1])
    own = key == "epochs" or (key in _OWN and getattr(stage, key) is not None)
    return ("training", "stages", index, *path[1:]) if own else path
