"""Which layers are trained in a stage."""

from typing import Any

from piste.pipelines.config.config import Config
from piste.pipelines.errors import ConfigError
from piste.pipelines.transfer.layers import find_layers


def freeze(config: Config, index: int, model: Any) -> None:
    """Lets the layers that a stage freezes keep their weights, and those that only other stages freeze be trained.

    Batch normalisation that is frozen uses its moving statistics and does not change them.

    Args:
        config: the checked config.
        index: of the stage; without stages nothing changes.
        model: built for the config; it must be compiled afterwards.

    Raises:
        ConfigError: if a pattern means no layer, or nothing is left to train.
    """
    frozen: set[str] = set()
    for number, stage in enumerate(config.training.stages or ()):
        place = config.origin(f"training.stages[{number}].freeze") or config.origin("training.stages")
        try:
            layers = find_layers(model, stage.freeze)
        except ValueError as error:
            raise ConfigError(f"{place}: `freeze`: {error}") from error
        if number == index:
            frozen = {layer.name for layer in layers}
        for layer in layers:
            layer.trainable = True
    for name in frozen:
        model.get_layer(name).trainable = False
    if frozen and not model.trainable_weights:
        place = config.origin(f"training.stages[{index}].freeze")
        raise ConfigError(f"{place}: a stage must train something. Received: `freeze`, which means every layer.")
