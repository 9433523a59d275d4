"""A copy that always drops, shares every weight and touches nothing of the model."""

from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from keras import layers

from piste.models.mc_dropout import mc_dropout

ONES = np.ones((4, 16), "float32")


class Block(layers.Layer):  # does not pass `training` on
    def __init__(self, **arguments: Any) -> None:
        super().__init__(**arguments)
        self.norm = layers.BatchNormalization()

    def call(self, inputs: Any) -> Any:
        return self.norm(inputs)


def functional() -> Any:
    x = inputs = keras.Input((16,))
    for layer in (layers.Dense(16), layers.BatchNormalization(), layers.Dropout(0.5), Block(), layers.Dense(3)):
        x = layer(x)
    return keras.Model(inputs, x)


def sequential() -> Any:
    return keras.Sequential([keras.Input((16,)), layers.Dense(8), layers.Dropout(0.5), Block(), layers.Dense(3)])


def nested() -> Any:
    inputs = keras.Input((16,))
    return keras.Model(inputs, keras.ops.relu(sequential()(layers.Dense(16)(functional_trunk()(inputs)))))


def functional_trunk() -> Any:
    inputs = keras.Input((16,))
    return keras.Model(inputs, layers.Dropout(0.5)(layers.Dense(16)(inputs)))


NETS = pytest.mark.parametrize("net", [functional, sequential, nested])


def bits(model: Any) -> list[bytes]:
    return [np.array(variable).tobytes() for variable in model.variables]


@NETS
def test_it_shares_weights_and_changes_nothing(net: Any) -> None:
    keras.utils.set_random_seed(0)
    model = net()
    model.compile("adam", "mse")
    before, plain, config = bits(model), np.array(model(ONES)), model.get_config()
    copy = mc_dropout(model, seed=1)
    assert [id(weight) for weight in copy.weights] == [id(weight) for weight in model.weights]
    names = [[layer.name for layer in net.layers if not isinstance(layer, layers.InputLayer)] for net in (copy, model)]
    assert names[0] == names[1]
    first, second, third = np.array(copy(ONES)), np.array(copy(ONES, training=False)), copy.predict(ONES, verbose=0)
    assert (first != second).any() and (second != third).any() and (first != plain).any()
    assert bits(model) == before and model.get_config() == config
    np.testing.assert_array_equal(model(ONES), plain)
    assert not copy.compiled and model.compiled
    # What a call in training mode does to the same model: statistics and seeds move.
    model(ONES, training=True)
    assert sum(one != other for one, other in zip(bits(model), before, strict=True)) >= 2


@NETS
def test_the_copy_follows_the_model(net: Any) -> None:
    model = net()
    copy = mc_dropout(model, seed=1)
    model.set_weights([np.zeros_like(weight) for weight in model.get_weights()])
    np.testing.assert_array_equal(copy(ONES), np.zeros((4, 3)))


@pytest.mark.parametrize("arguments", [{}, {"training": False}])
def test_normalisation_after_dropout_stays_in_inference(arguments: Any) -> None:
    inputs = keras.Input((16,))
    norm, block = layers.BatchNormalization(epsilon=0.0), Block()
    model = keras.Model(inputs, [norm(layers.Dropout(0.5)(inputs)), block(layers.Dropout(0.5)(inputs))])
    norm.moving_mean.assign(np.full(16, 10.0))
    norm.moving_variance.assign(np.full(16, 4.0))
    one, other = mc_dropout(model, seed=0)(ONES, **arguments)
    assert set(np.ravel(one).tolist()) == {-5.0, -4.0}  # (0 - 10) / 2 and (2 - 10) / 2
    kept = 2 / np.sqrt(1 + 1e-3)
    np.testing.assert_allclose(np.unique(other), [0.0, kept], rtol=1e-6)
    np.testing.assert_array_equal(norm.moving_mean, np.full(16, 10.0))
    np.testing.assert_array_equal(block.norm.moving_mean, np.zeros(16))


@pytest.mark.parametrize(
    ("layer", "shape"),
    [
        (layers.Dropout(0.5), (8,)),
        (layers.AlphaDropout(0.5), (8,)),
        (layers.GaussianDropout(0.5), (8,)),
        (layers.SpatialDropout1D(0.5), (3, 8)),
        (layers.SpatialDropout2D(0.5), (3, 3, 8)),
        (layers.SpatialDropout3D(0.5), (3, 3, 3, 8)),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, layers.Layer) else "",
)
def test_every_kind_of_dropout(layer: Any, shape: tuple[int, ...]) -> None:
    model = keras.Sequential([keras.Input(shape), layer])
    copy, x = mc_dropout(model, seed=0), np.ones((64, *shape), "float32")
    got = np.array(copy(x, training=False))
    np.testing.assert_array_equal(model(x), x)
    if "Spatial" in type(layer).__name__:  # whole channels at once
        np.testing.assert_array_equal(
            got, np.broadcast_to(got[(slice(None), *[slice(0, 1)] * (len(shape) - 1))], got.shape)
        )
    assert got.mean() == pytest.approx(1 if type(layer) is not layers.AlphaDropout else alpha_mean(), abs=0.2)
    assert got.std() > 0.5


def alpha_mean() -> float:
    """E[a (x m + alpha' (1 - m)) + b] for x = 1 and rate 0.5, by the formulas of Klambauer et al. 2017."""
    low = -1.7580993408473766
    scale: float = (0.5 * (1 + 0.5 * low**2)) ** -0.5
    return scale * (0.5 + 0.5 * low) - scale * low * 0.5


def test_other_noise_stays_off() -> None:
    model = keras.Sequential([keras.Input((16,)), layers.GaussianNoise(1.0), layers.Dropout(0.5)])
    assert set(np.ravel(mc_dropout(model, seed=0)(ONES)).tolist()) == {0.0, 2.0}


def test_draws_differ_by_call_layer_and_seed() -> None:
    inputs = keras.Input((16,))
    inner = [
        keras.Sequential([keras.Input((16,)), layers.Dropout(0.5, name="drop")], name=f"net_{i}") for i in range(2)
    ]
    shared = layers.Dropout(0.5)
    model = keras.Model(inputs, [*(net(inputs) for net in inner), shared(inputs), shared(inputs)])
    copy = mc_dropout(model, seed=0)
    masks = [np.array(mask).tobytes() for _ in range(3) for mask in copy(ONES)]
    assert len(set(masks)) == 12
    assert [np.array(mask).tobytes() for mask in mc_dropout(model, seed=0)(ONES)] == masks[:4]
    assert not set(masks) & {np.array(mask).tobytes() for mask in mc_dropout(model, seed=1)(ONES)}


def test_masks_go_through() -> None:
    x = inputs = keras.Input((3,), dtype="int32")
    for layer in (
        layers.Embedding(4, 8, mask_zero=True),
        layers.SpatialDropout1D(0.5),
        layers.GlobalAveragePooling1D(),
    ):
        x = layer(x)
    model = keras.Model(inputs, x)
    model.set_weights([np.ones((4, 8))])
    got = mc_dropout(model, seed=0)(np.array([[1, 0, 0], [1, 2, 3]]))
    assert set(np.ravel(got).tolist()) == {0.0, 2.0}  # without the mask the same, with half of it 2/3


def test_it_is_saved_and_read(tmp_path: Path) -> None:
    copy = mc_dropout(functional_trunk(), seed=0)
    copy.save(tmp_path / "copy.keras")
    read = keras.models.load_model(tmp_path / "copy.keras")
    np.testing.assert_array_equal(read(ONES), copy(ONES))
    assert (np.array(read(ONES)) != np.array(read(ONES))).any()


def refused(model: Any, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        mc_dropout(model, seed=0)


def test_refusals() -> None:
    none = "`model` must have a dropout layer whose rate is above 0. Received: a model without; add one"
    refused(keras.Sequential([keras.Input((2,)), layers.Dense(1)]), none)
    refused(keras.Sequential([keras.Input((2,)), layers.Dropout(0.0), layers.GaussianNoise(0.5)]), none)
    graph = "`model` must be functional or Sequential, and built. Received: "
    refused(keras.Sequential([layers.Dropout(0.5)]), f"{graph}Sequential; give a Sequential its input's shape")

    class Own(keras.Model):
        pass

    refused(Own(), f"{graph}Own")


@pytest.mark.parametrize(
    ("layer", "words"),
    [
        (layers.LSTM(2, dropout=0.5, name="memory"), r"Received: memory \(LSTM\), which is or drops inside another"),
        (layers.GRU(2, recurrent_dropout=0.5), r"\(GRU\)"),
        (layers.TimeDistributed(layers.Dropout(0.5, name="drop")), r"Received: drop \(Dropout\)"),
    ],
    ids=["dropout", "recurrent", "wrapped"],
)
def test_dropout_that_cannot_be_reached(layer: Any, words: str) -> None:
    refused(keras.Sequential([keras.Input((3, 2)), layers.SpatialDropout1D(0.5), layer]), words)
