from collections.abc import Iterator
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from piste.models import layers, zoo
from piste.models.build import build_model
from piste.models.seeds import layer_seed

OPTIONS: dict[str, Any] = {
    "input_shape": (4,),
    "input_dtype": "float32",
    "outputs": 4,
    "task": "classification",
    "scale": "none",
    "seed": 3,
}


class Mix(keras.layers.Layer):
    """A kernel, a seed and nothing else."""

    def __init__(self, mix_initializer: Any = "he_normal", seed: int | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.mix_initializer = keras.initializers.get(mix_initializer)
        self.seed = seed

    def build(self, input_shape: Any) -> None:
        self.mix = self.add_weight(shape=(input_shape[-1],) * 2, initializer=self.mix_initializer, name="mix")

    def call(self, inputs: Any) -> Any:
        return keras.ops.softmax(keras.ops.matmul(inputs, self.mix))

    def get_config(self) -> dict[str, Any]:
        initializer = keras.initializers.serialize(self.mix_initializer)
        return {**super().get_config(), "mix_initializer": initializer, "seed": self.seed}


def constant(x: Any, *, outputs: int, task: str, seed: int, width: int = 2) -> Any:
    return keras.layers.Dense(outputs, activation="softmax", name=f"only_{width}")(x)


@pytest.fixture(autouse=True)
def forget() -> Iterator[None]:
    yield
    layers._OWN.clear()
    zoo._BY_NAME.pop("constant", None)


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # Keras 3.15 on NumPy 2
def test_own_layer_is_seeded_saved_and_may_come_last(tmp_path: Path) -> None:
    layers.register_layer("mix", Mix)
    model = build_model({"layers": ["mix"]}, **OPTIONS)
    layer = model.get_layer("mix_1")
    assert layer.seed == layer_seed(3, "mix_1", "noise")
    expected = keras.initializers.HeNormal(seed=layer_seed(3, "mix_1", "mix"))((4, 4))
    np.testing.assert_array_equal(layer.mix, expected)
    model.save(tmp_path / "own.keras")
    x = np.eye(4, dtype="float32")
    np.testing.assert_array_equal(keras.models.load_model(tmp_path / "own.keras")(x), model(x))


@pytest.mark.parametrize(
    ("name", "layer", "error", "words"),
    [
        ("dense", Mix, ValueError, "The layer type `dense` is taken. Choose another name."),
        ("activation", Mix, ValueError, "The layer type `activation` is taken. Choose another name."),
        ("My-Layer", Mix, ValueError, "A layer's `type` must be in snake case. Received: `My-Layer`."),
        ("mine", int, TypeError, "`layer` must be a subclass of keras.layers.Layer. Received: <class 'int'>."),
    ],
)
def test_layers_that_are_refused(name: str, layer: type, error: type[Exception], words: str) -> None:
    with pytest.raises(error) as caught:
        layers.register_layer(name, layer)
    assert str(caught.value) == words


def test_a_layer_type_is_registered_once() -> None:
    layers.register_layer("mix", Mix)
    with pytest.raises(ValueError, match="The layer type `mix` is taken"):
        layers.register_layer("mix", Mix)


def test_own_model() -> None:
    zoo.register_model("constant", constant, summary="One dense layer")
    assert zoo.MODELS["constant"].summary == "One dense layer"
    model = build_model({"type": "constant", "width": 5}, **OPTIONS)
    assert model.layers[-1].name == "only_5"
    with pytest.raises(ValueError, match=r"The model `constant` has no argument `widht`\. Did you mean `width`\?"):
        build_model({"type": "constant", "widht": 5}, **OPTIONS)


@pytest.mark.parametrize(
    ("name", "builder", "error", "words"),
    [
        ("mlp", constant, ValueError, "The model type `mlp` is taken. Choose another name."),
        ("ML P", constant, ValueError, "A model's `type` must be in snake case. Received: `ML P`."),
        ("constant", 3, TypeError, "`builder` must be a function. Received: 3."),
    ],
)
def test_models_that_are_refused(name: str, builder: Any, error: type[Exception], words: str) -> None:
    with pytest.raises(error) as caught:
        zoo.register_model(name, builder)
    assert str(caught.value) == words
