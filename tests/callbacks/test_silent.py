"""A monitor changes no bit of what training computes."""

from collections.abc import Callable, Sequence
from typing import Any

import keras
import numpy as np
import pytest
from keras import layers

from piste.callbacks import HealthMonitor
from piste.models.activations import layer
from piste.models.activations.table import ACTIVATIONS
from piste.pipelines.data.dataset import Arrays
from piste.pipelines.loop.fit import fit

State = list[tuple[str, np.ndarray]]
Hidden = Callable[[], list[Any]]
XLA, NOT_XLA = ("plain jit", "fused"), ("plain", "graph")


def chain(names: Sequence[str], rank: int, regularised: bool) -> list[Any]:
    """A layer with weights for every activation; where regularised, with normalisation before and dropout after."""
    hidden: list[Any] = []
    for place, name in enumerate(names):
        hidden.append(layers.Dense(32) if rank == 2 else layers.Conv2D(8, 3, padding="same"))
        if regularised and place % 2:
            hidden.append(layers.BatchNormalization())
        hidden.append(layer(name, name=f"{name}_act_{place}", rank=rank))
        if regularised and place % 4 == 0:
            hidden.append(layers.Dropout(0.1))
    return hidden if rank == 2 else [*hidden, layers.GlobalAveragePooling2D()]


def train(hidden: Hidden, data: Arrays, way: str, optimizer: Callable[[], Any], watched: bool) -> Any:
    keras.utils.set_random_seed(3)
    head = layers.Dense(3, "softmax", dtype="float32")
    model = keras.Sequential([keras.Input(data.x.shape[1:]), *hidden(), head], name="net")
    model.compile(optimizer(), "sparse_categorical_crossentropy", jit_compile=way == "plain jit")
    monitor = HealthMonitor(every=3)
    callbacks = [monitor] if watched else []
    if way in ("graph", "fused"):
        fit(model, data, epochs=2, batch_size=16, seed=1, mode=way, callbacks=callbacks)
    else:
        model.fit(data.x, data.y, epochs=2, batch_size=16, verbose=0, callbacks=callbacks)
    assert [record["step"] for record in monitor.records][:3] == ([1, 2, 3] if watched else [])
    return model


@pytest.fixture
def differences(state_of: Callable[[Any], State], changed_bits: Callable[[State, State], list[str]]) -> Any:
    """Trains without and with a monitor and returns the variables that differ."""

    def compare(hidden: Hidden, data: Arrays, way: str, optimizer: Callable[[], Any] = momentum) -> list[str]:
        alone, watched = (train(hidden, data, way, optimizer, watched=on) for on in (False, True))
        assert all(np.isfinite(np.asarray(weight, "float32")).all() for weight in alone.get_weights())
        return changed_bits(state_of(alone), state_of(watched))

    return compare


def momentum() -> Any:
    return keras.optimizers.SGD(0.05, momentum=0.9)


@pytest.mark.slow
@pytest.mark.parametrize("regularised", [False, True])
@pytest.mark.parametrize("rank", [2, 4])
@pytest.mark.parametrize("way", XLA + NOT_XLA)
def test_all_activations(
    differences: Any, vectors: Arrays, images: Arrays, way: str, rank: int, regularised: bool
) -> None:
    data = vectors if rank == 2 else images
    assert differences(lambda: chain(list(ACTIVATIONS), rank, regularised), data, way) == []


@pytest.mark.parametrize("way", XLA)
def test_regularised_layers_under_xla(differences: Any, vectors: Arrays, way: str) -> None:
    assert differences(lambda: chain(["elu", "silu", "relu"], 2, True), vectors, way) == []


@pytest.mark.parametrize("way", NOT_XLA)
def test_dense_layers_without_xla(differences: Any, vectors: Arrays, way: str) -> None:
    assert differences(lambda: chain(["elu", "silu", "relu"], 2, False), vectors, way) == []


@pytest.mark.parametrize("rank", [2, 4])
def test_batch_normalisation_in_the_graph_loop(differences: Any, vectors: Arrays, images: Arrays, rank: int) -> None:
    data = vectors if rank == 2 else images
    assert differences(lambda: chain(["relu", "hard_sigmoid"], rank, True), data, "graph") == []


@pytest.mark.parametrize("rank", [2, 4])
def test_batch_normalisation_in_plain_fit_without_xla(
    differences: Any, vectors: Arrays, images: Arrays, rank: int
) -> None:
    data = vectors if rank == 2 else images
    assert differences(lambda: chain(["relu", "relu"], rank, True), data, "plain") == []


def test_nadam(differences: Any, vectors: Arrays) -> None:
    assert (
        differences(lambda: chain(["elu", "tanh"], 2, False), vectors, "plain", lambda: keras.optimizers.Nadam()) == []
    )


@pytest.mark.parametrize(
    ("way", "kind"),
    [
        pytest.param(way, kind, marks=() if way in XLA and kind == "clipnorm" else pytest.mark.slow)
        for way in XLA + NOT_XLA
        for kind in ("clipnorm", "global_clipnorm", "clipvalue")
    ],
)
def test_clipping_which_is_counted_at_every_step(differences: Any, vectors: Arrays, way: str, kind: str) -> None:
    def clips() -> Any:
        return keras.optimizers.SGD(0.05, **{kind: 0.01})

    assert differences(lambda: chain(["elu", "tanh"], 2, False), vectors, way, clips) == []


def test_mixed_precision(differences: Any, vectors: Arrays) -> None:
    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        assert differences(lambda: chain(["elu", "tanh"], 2, False), vectors, "plain") == []
    finally:
        keras.config.set_dtype_policy("float32")
