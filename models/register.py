"""One's own layers and models, for the configs of this process."""

import re

import keras

from piste.models import layers, zoo


def register_layer(type_name: str, layer: type) -> None:
    """Lets configs name one's own layer by `type`.

    The class is also registered with Keras under the package `piste`, unless it already is registered, so
    that saved models load. An `__init__` argument `seed` and arguments that end in `_initializer` get the
    seeds that Piste derives from the layer's path.

    Args:
        type_name: The config's `type`: lower case letters, digits and underscores.
        layer: A subclass of `keras.layers.Layer` with one input and one output.

    Raises:
        ValueError: The name is taken or not in snake case.
        TypeError: `layer` is not a layer class.
    """
    if not re.fullmatch(r"[a-z][a-z0-9_]*", type_name):
        raise ValueError(f"A layer's `type` must be in snake case. Received: `{type_name}`.")
    if not (isinstance(layer, type) and issubclass(layer, keras.layers.Layer)):
        raise TypeError(f"`layer` must be a subclass of keras.layers.Layer. Received: {layer!r}.")
    layers.add(type_name, layer)
    if keras.saving.get_registered_name(layer) == layer.__name__:
        keras.saving.register_keras_serializable(package="piste")(layer)


def register_model(name: str, builder: zoo.Builder, *, summary: str = "") -> None:
    """Lets configs say `model: {type: NAME, ...}`.

    Args:
        name: The config's `type`: lower case letters, digits and underscores.
        builder: `builder(x, *, outputs, task, seed, ...)` returns the output tensor (batch, outputs) for the
            scaled input tensor `x`: probabilities for task "classification", linear values for "regression".
            Further keyword arguments are what a config may set.
        summary: One line for `piste list models`.

    Raises:
        ValueError: The name is taken or not in snake case.
        TypeError: `builder` cannot be called.
    """
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        raise ValueError(f"A model's `type` must be in snake case. Received: `{name}`.")
    if not callable(builder):
        raise TypeError(f"`builder` must be a function. Received: {builder!r}.")
    zoo.add(zoo.Architecture(name, summary, lambda: builder))
