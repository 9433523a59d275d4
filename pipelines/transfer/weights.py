"""Weights by layer, from a run or from a file of arrays."""

from pathlib import Path
from typing import Any

import numpy as np

from piste.pipelines.data.npz import read_npz
from piste.pipelines.errors import DataError
from piste.pipelines.run import Run

Weights = dict[str, dict[str, np.ndarray]]
"""Layer's name -> the weight's name within it, as in "kernel", -> values."""


def weights_of(layer: Any) -> dict[str, Any]:
    """Returns a layer's variables by their names within it; those of a model's layers by LAYER/WEIGHT.

    Example:
        >>> import keras
        >>> layer = keras.layers.Dense(2, name="a")
        >>> layer.build((None, 3))
        >>> list(weights_of(layer))
        ['kernel', 'bias']
    """
    if hasattr(layer, "layers"):
        inner = [(child.name, weights_of(child)) for child in layer.layers if child.weights]
        return {f"{name}/{weight}": variable for name, found in inner for weight, variable in found.items()}
    return {variable.path.split("/", 1)[-1].removeprefix(f"{layer.name}/"): variable for variable in layer.weights}


def weights_of_run(folder: Path) -> Weights:
    """Returns the trained weights of a run, whose digest is checked; TensorFlow must have been started.

    Raises:
        PisteError: if there is no run, or its weights are damaged.
    """
    model = Run.open(folder).model_without_start()
    return {
        layer.name: {name: variable.numpy() for name, variable in weights_of(layer).items()}
        for layer in model.layers
        if layer.weights
    }


def weights_of_file(path: Path) -> Weights:
    """Returns the arrays of an .npz file, which are named LAYER/WEIGHT.

    Raises:
        DataError: if the file cannot be read, or an array's name has no layer in it.
        UntrustedError: if an array holds Python objects.
    """
    weights: Weights = {}
    for name, array in read_npz(path, None).items():
        layer, _, weight = name.partition("/")
        if not layer or not weight:
            raise DataError(f"{path}: arrays must be named LAYER/WEIGHT, as in dense_1/kernel. Received: {name!r}.")
        weights.setdefault(layer, {})[weight] = array
    return weights
