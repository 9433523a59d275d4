"""A model in two: the frozen front, which runs once over the data, and the back, which is trained."""

from dataclasses import replace
from itertools import pairwise
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from piste.pipelines.data.dataset import Arrays, Data
from piste.pipelines.random_layers import draws


class Back(keras.Model):
    """The last layers of a chain as a model of their own; they stay the chain's, weights and all.

    Args:
        chain: the layers, in order.
        name: the model's name.
    """

    def __init__(self, chain: list[Any], name: str) -> None:
        super().__init__(name=name)
        self.chain = chain

    def call(self, x: Any, training: Any = None) -> Any:
        """Returns what the last layer makes of the features; Keras hands `training` on to every layer."""
        for layer in self.chain:
            x = layer(x)
        return x

    @property
    def output_shape(self) -> Any:
        """Shape of a batch of what the whole chain gives."""
        return _ends(self.chain[-1])[1].shape


def halves(model: Any) -> tuple[Any, Back]:
    """Cuts a chain of layers before the first that is trained, or that draws random numbers.

    Args:
        model: a functional Keras model, some of its first layers frozen.

    Returns:
        The front, from the input to the features, and the back, from the features to the output.

    Raises:
        ValueError: if the model is no chain, or its first layer with weights is trained.
    """
    chain = [layer for layer in model.layers if not isinstance(layer, keras.layers.InputLayer)]
    if not all(_ends(after)[0] is _ends(before)[1] for before, after in pairwise(chain)):
        raise ValueError("Features can be cached of a chain of layers only. Received: a model that branches.")
    end = next(index for index, layer in enumerate(chain) if layer.trainable_weights or draws(layer))
    if not any(layer.weights for layer in chain[:end] if layer.name != "scale"):
        raise ValueError(
            "The first layer with weights must be frozen, and nothing before it random, for features to be cached. "
            f"Received: {chain[end].name}, which is trained or draws numbers."
        )
    return keras.Model(model.inputs, _ends(chain[end - 1])[1], name="front"), Back(chain[end:], model.name)


def _ends(layer: Any) -> tuple[Any, Any]:
    """Returns what a layer of a chain takes and gives there; a model's own ends are others."""
    if not isinstance(layer, keras.Model):
        return layer.input, layer.output
    node = layer._inbound_nodes[0]
    return node.input_tensors[0], node.outputs[0]


def with_features(front: Any, data: Data, batch_size: int, *, jit_compile: bool) -> Data:
    """Returns the data with what the front makes of training and validation inputs in their place.

    Args:
        front: from `halves`.
        data: what the whole model takes.
        batch_size: samples a call, that of training. Kernels round by the shape of a batch, so that only where all
            batches of an epoch are of this size no bit differs from not caching.
        jit_compile: whether training is compiled by XLA, for the same reason.
    """
    run = tf.function(lambda x: front(x, training=False), jit_compile=jit_compile, autograph=False)

    def features(arrays: Arrays) -> Arrays:
        batches = [run(tf.constant(arrays.x[i : i + batch_size])) for i in range(0, len(arrays), batch_size)]
        return replace(arrays, x=np.concatenate([batch.numpy() for batch in batches]))

    held_out = None if data.validation is None else features(data.validation)
    return replace(data, train=features(data.train), validation=held_out)
