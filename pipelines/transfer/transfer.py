"""Gives a model's layers the weights of other ones: all that were asked for, or none."""

from pathlib import Path
from typing import Any

from piste.models.suggest import did_you_mean
from piste.pipelines.config.config import Config
from piste.pipelines.errors import ConfigError
from piste.pipelines.transfer.layers import find_layers, weighted_layers
from piste.pipelines.transfer.weights import Weights, weights_of, weights_of_file, weights_of_run

MISMATCHES_SHOWN = 20


def transfer(config: Config, model: Any) -> list[str]:
    """Does what the config's `transfer` says.

    Args:
        config: the checked config.
        model: built for it.

    Returns:
        The names of the layers that have new weights; none where the config transfers nothing.

    Raises:
        ConfigError: if a layer is not there, here or there, or weights differ in shape; the model is as before.
        PisteError: if the other run or the file cannot be read.
    """
    section = config.transfer
    if section is None:
        return []
    if section.run is not None:
        origin, given = section.run, weights_of_run(Path(section.run).expanduser())
    else:
        origin, given = str(section.weights), weights_of_file(Path(str(section.weights)).expanduser())
    try:
        pairs = _pairs(model, section.layers, given, origin)
        assign(pairs, given, origin)
    except ValueError as error:
        place = config.origin("transfer.layers") or config.origin("transfer")
        raise ConfigError(f"{place}: {error}") from error
    return [layer.name for layer, _ in pairs]


def assign(pairs: list[tuple[Any, str]], given: Weights, origin: str) -> None:
    """Copies weights into layers, after every one of them was found to fit.

    Args:
        pairs: each layer with the name of the one that its weights come from.
        given: weights by that name.
        origin: where they are from, for the message.

    Raises:
        ValueError: if a weight is missing, left over or of another shape; nothing is copied then.
    """
    wrong = [words for layer, name in pairs for words in _mismatches(layer, name, given[name])]
    if wrong:
        more = f"; and {len(wrong) - MISMATCHES_SHOWN} more" if len(wrong) > MISMATCHES_SHOWN else ""
        raise ValueError(
            f"Weights must have the shapes of the layers that take them. Received from {origin}: "
            f"{'; '.join(wrong[:MISMATCHES_SHOWN])}{more}. Leave these layers out, or build them alike."
        )
    for layer, name in pairs:
        for weight, variable in weights_of(layer).items():
            variable.assign(given[name][weight])


def _pairs(model: Any, layers: Any, given: Weights, origin: str) -> list[tuple[Any, str]]:
    if isinstance(layers, dict):
        pairs = [(find_layers(model, [mine])[0], theirs) for mine, theirs in layers.items()]
    else:
        chosen = weighted_layers(model)[:-1] if layers is None else find_layers(model, layers)
        pairs = [(layer, layer.name) for layer in chosen]
    if not pairs:
        raise ValueError("A transfer needs a layer with weights before the last. Received: a model with one layer.")
    for _, name in pairs:
        if name not in given:
            raise ValueError(
                f"{origin} must have weights of every layer that is transferred. Received: none of {name}, only of "
                f"{', '.join(given) or 'no layer'}.{did_you_mean(name, given)}"
            )
    return pairs


def _mismatches(layer: Any, name: str, given: dict[str, Any]) -> list[str]:
    variables = weights_of(layer)
    wrong = [f"{name}/{weight} is not there" for weight in variables if weight not in given]
    wrong += [f"{name}/{weight} is not wanted" for weight in given if weight not in variables]
    for weight, variable in variables.items():
        if weight in given and tuple(variable.shape) != tuple(given[weight].shape):
            shapes = f"{tuple(given[weight].shape)}, not {tuple(variable.shape)}"
            wrong.append(f"{name}/{weight} has shape {shapes}")
    return wrong
