"""Layers are found by name, pattern and number, and what means none is refused."""

from typing import Any

import keras
import pytest

from piste.pipelines.transfer.layers import find_layers, weighted_layers


@pytest.fixture(scope="module")
def model() -> Any:
    scale = keras.layers.BatchNormalization(name="scale")  # stands for a scaling layer with statistics
    layers = [keras.layers.Dense(2, name=name) for name in ("dense_1", "dense_2", "head")]
    model = keras.Sequential([keras.Input((3,)), scale, layers[0], keras.layers.Dropout(0.1), *layers[1:]])
    return model


@pytest.mark.parametrize(
    ("wanted", "names"),
    [
        (["dense_2"], ["dense_2"]),
        (["head", "dense_*"], ["dense_1", "dense_2", "head"]),
        (["dense_[13-9]"], ["dense_1"]),
        ([0, -1], ["dense_1", "head"]),
        (["*"], ["scale", "dense_1", "dense_2", "head"]),
        ([], []),
    ],
)
def test_what_is_meant(model: Any, wanted: list[str | int], names: list[str]) -> None:
    assert [layer.name for layer in find_layers(model, wanted)] == names


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        ("dense_3", r"A name must mean .*: scale, dense_1, .* Received: dense_3. Did you mean `dense_2`\?"),
        ("conv_*", r"A pattern must mean a layer with weights.* Received: conv_\*\.$"),
        ("dropout", "A name must mean a layer with weights"),
        (3, r"number must be from -3 to 2: so many .* Received: 3\."),
        (-4, r"Received: -4\."),
    ],
)
def test_what_means_nothing_is_refused(model: Any, wanted: str | int, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        find_layers(model, [wanted])


def test_the_layer_that_is_fitted_to_data_is_not_counted(model: Any) -> None:
    assert [layer.name for layer in weighted_layers(model)] == ["dense_1", "dense_2", "head"]
