"""A copy of a model that keeps dropping units in inference, for Monte Carlo dropout."""

from typing import Any

import keras

from piste.models.always_dropping import AlwaysDropping
from piste.models.seeds import layer_seed

# The spatial kinds are subclasses of Dropout.
DROPOUTS = (keras.layers.Dropout, keras.layers.AlphaDropout, keras.layers.GaussianDropout)


def mc_dropout(model: Any, *, seed: int) -> Any:
    """Copies a model so that its dropout layers always drop, each call of the copy by new draws.

    The copy shares the model's weights: it needs no training and follows the model when that is trained on. Only
    dropout is in training mode: Dropout, SpatialDropout1D to 3D, AlphaDropout and GaussianDropout. Batch
    normalisation uses its moving statistics; GaussianNoise, RReLU and random augmentation are as in inference. The
    draws are the copy's own: neither weights nor seeds of the model are changed by it.

    Args:
        model: A functional or Sequential model that is built, nested as one likes.
        seed: The draws of every layer follow from it and the layer's path.

    Returns:
        A functional `keras.Model` that is not compiled, with the model's inputs, outputs and names of layers.

    Raises:
        ValueError: The model is of another kind, has no dropout, or has some inside a layer, as an LSTM may.

    Example:
        >>> import numpy as np
        >>> inputs = keras.Input((4,))
        >>> model = keras.Model(inputs, keras.layers.Dropout(0.5)(inputs))
        >>> copy = mc_dropout(model, seed=0)
        >>> sorted(set(np.ravel(copy(np.ones((8, 4)))).tolist())), np.ravel(model(np.ones((1, 4)))).tolist()
        ([0.0, 2.0], [1.0, 1.0, 1.0, 1.0])

    References:
        Gal and Ghahramani 2016, arXiv:1506.02142.
    """
    if not _has_graph(model):
        raise ValueError(
            "`model` must be functional or Sequential, and built. "
            f"Received: {type(model).__name__}; give a Sequential its input's shape or call it on data once."
        )
    dropping = [layer for layer in _below(model) if _drops(layer)]
    if not dropping:
        raise ValueError(
            "`model` must have a dropout layer whose rate is above 0. "
            "Received: a model without; add one, as `model.dropout` does in a config, and train again."
        )
    replaced: set[int] = set()
    copy = _copy(model, seed, "", replaced)
    hidden = next((layer for layer in dropping if id(layer) not in replaced), None)
    if hidden is not None:
        raise ValueError(
            "`model` must drop in layers of their own, which the model calls itself. "
            f"Received: {hidden.name} ({type(hidden).__name__}), which is or drops inside another layer; "
            "use a dropout layer before or after it."
        )
    return copy


def _copy(model: Any, seed: int, prefix: str, replaced: set[int]) -> Any:
    def settle(layer: Any) -> Any:
        path = prefix + layer.name
        if isinstance(layer, DROPOUTS) and _drops(layer):
            replaced.add(id(layer))
            config = layer.get_config() | {"seed": layer_seed(seed, path, "mc_dropout")}
            return AlwaysDropping(type(layer).from_config(config), name=layer.name, dtype=layer.dtype_policy)
        if _has_graph(layer) and any(_drops(child) for child in _below(layer)):
            return _copy(layer, seed, f"{path}/", replaced)
        return layer

    one = isinstance(model, keras.Sequential)
    ends = (model.inputs[0], model.outputs[0]) if one else (model.input, model.output)
    # A new model around the same layers, since clone_model would also copy how the model is compiled.
    return keras.models.clone_model(keras.Model(*ends, name=model.name), clone_function=settle)


def _has_graph(model: Any) -> bool:
    return isinstance(model, keras.Model) and bool(getattr(model, "inputs", None))


def _below(model: Any) -> list[Any]:
    return list(model._flatten_layers(include_self=False))


def _drops(layer: Any) -> bool:
    """Whether a layer drops units in training; recurrent layers have arguments for it."""
    if isinstance(layer, DROPOUTS):
        return bool(layer.rate > 0)
    rates = (getattr(layer, name, 0) for name in ("dropout", "recurrent_dropout"))
    return any(isinstance(rate, (int, float)) and rate > 0 for rate in rates)
