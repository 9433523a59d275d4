"""A model within the model, as a trunk of keras.applications is: its weights by name, and its features cached."""

from typing import Any

import keras
import numpy as np
from keras import layers

from piste.pipelines.transfer.cached import halves
from piste.pipelines.transfer.weights import weights_of

X = np.random.default_rng(0).normal(size=(5, 4)).astype("float32")


def model() -> Any:
    x = inputs = keras.Input((4,))
    for units in (3, 2):
        x = layers.Dense(units, name=f"dense_{units}")(x)
    trunk = keras.Model(inputs, x, name="trunk")
    outer = keras.Input((4,), name="inputs")
    return keras.Model(outer, layers.Dense(1, name="head")(trunk(layers.Identity(name="scale")(outer))))


def test_every_weight_of_the_trunk_has_a_name_of_its_own() -> None:
    trunk = model().get_layer("trunk")
    assert {name: tuple(weight.shape) for name, weight in weights_of(trunk).items()} == {
        "dense_3/kernel": (4, 3), "dense_3/bias": (3,), "dense_2/kernel": (3, 2), "dense_2/bias": (2,),
    }  # fmt: skip


def test_a_frozen_trunk_is_the_front() -> None:
    whole = model()
    trunk = whole.get_layer("trunk")
    trunk.trainable = False
    front, back = halves(whole)
    assert [layer.name for layer in back.chain] == ["head"] and back.output_shape == (None, 1)
    np.testing.assert_allclose(front([X]), trunk(X), rtol=1e-6)
    np.testing.assert_allclose(back(front([X])), whole(X), rtol=1e-6)
