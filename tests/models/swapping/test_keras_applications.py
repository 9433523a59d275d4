"""Ten architectures of keras.applications with random weights, counted by a reading of configs and not by Piste."""

from collections import Counter
from typing import Any

import keras
import numpy as np
import pytest

from piste.models import swap_activations
from piste.models.swapping import places

# Size of the images, and activations by name: those that are hidden, and those that stay. As blocks go, EfficientNetB0
# has 15 expansions, 16 depthwise and 16 squeezes, a stem and a top: 49; DenseNet121 58 x 2, 3 transitions, a stem and
# an end: 121; NASNetMobile 16 cells of 11, 15 adjustments and an end: 192.
NETS: dict[str, tuple[int, dict[str, int], dict[str, int]]] = {
    "MobileNetV2": (32, {"relu6": 35}, {"softmax": 1}),
    "MobileNetV3Small": (32, {"relu": 14, "hard_swish": 19}, {"relu6": 9, "softmax": 1}),
    "ResNet50": (32, {"relu": 49}, {"softmax": 1}),
    "ResNet50V2": (32, {"relu": 49}, {"softmax": 1}),
    "VGG16": (32, {"relu": 15}, {"softmax": 1}),
    "EfficientNetB0": (32, {"silu": 49}, {"sigmoid": 16, "softmax": 1}),
    "EfficientNetV2B0": (32, {"silu": 55}, {"sigmoid": 16, "softmax": 1}),
    "DenseNet121": (32, {"relu": 121}, {"softmax": 1}),
    "Xception": (71, {"relu": 35}, {"softmax": 1}),
    "ConvNeXtTiny": (32, {"gelu": 18}, {"softmax": 1}),
    "InceptionV3": (75, {"relu": 94}, {"softmax": 1}),
    "NASNetMobile": (32, {"relu": 192}, {"softmax": 1}),
}
QUICK = ("MobileNetV2", "MobileNetV3Small")
ALIASES = {"swish": "silu", "hard_silu": "hard_swish"}


def build(name: str) -> Any:
    keras.utils.set_random_seed(0)
    small: dict[str, Any] = {"alpha": 0.35} if name == "MobileNetV2" else {}
    size = NETS[name][0]
    return getattr(keras.applications, name)(weights=None, classes=10, input_shape=(size, size, 3), **small)


def census(model: Any) -> Counter[str]:
    """What the configs of all operations say: `activation`, or the class of an activation's layer or node."""
    counts: Counter[str] = Counter()
    for operation in model.operations:
        if hasattr(operation, "operations"):
            counts += census(operation)
            continue
        config, kind = operation.get_config(), type(operation).__name__.lower()
        word = config.get("activation")
        if kind in ("relu", "relu6", "silu", "gelu", "elu", "leakyrelu", "softmax", "sigmoid", "hardsilu"):
            word = {6.0: "relu6", None: kind}[config.get("max_value")]
        if word is not None and word != "linear":
            counts[ALIASES.get(word, word)] += 1
    return counts


@pytest.mark.parametrize(
    "name", [name if name in QUICK else pytest.param(name, marks=pytest.mark.slow) for name in NETS]
)
def test_every_activation_is_found_and_nothing_else_changes(name: str) -> None:
    _, hidden, stay = NETS[name]
    model = build(name)
    assert census(model) == Counter(hidden) + Counter(stay)
    swap = swap_activations(model, "elu")
    assert Counter(item.before for item in swap.swapped) == hidden
    assert Counter(item.name for item in swap.left) == stay
    assert census(swap.model) == Counter({"elu": sum(hidden.values())}) + Counter(stay)
    assert swap.model.output_shape == model.output_shape == (None, 10)
    assert swap.model.count_params() == model.count_params()
    for before, after in zip(model.weights, swap.model.weights, strict=True):
        assert before.path.split("/")[-2] == after.path.split("/")[-2]  # the layer's name
        np.testing.assert_array_equal(before, after)
    if len(hidden) == 1:
        (own,) = hidden
        back = swap_activations(swap.model, own).model
        x = np.random.default_rng(0).uniform(size=(2, *model.input_shape[1:])).astype("float32")
        ends = [keras.Model(net.input, net.layers[-1].input) for net in (model, swap.model, back)]  # softmax rounds
        given, other, again = (np.array(end(x)) for end in ends)
        np.testing.assert_array_equal(again, given)
        assert (other != given).any()


@pytest.mark.slow
def test_a_missed_kind_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    find = places.look
    monkeypatch.setattr(places, "look", lambda thing: None if isinstance(thing, keras.layers.ReLU) else find(thing))
    swap = swap_activations(build("MobileNetV2"), "elu")
    assert census(swap.model)["relu6"] == 35 and not swap.swapped


@pytest.mark.slow
def test_learned_activations_add_their_weights_alone() -> None:
    model = build("MobileNetV2")
    swap = swap_activations(model, "prelu")
    channels = sum(layer.output.shape[-1] for layer in model.layers if isinstance(layer, keras.layers.ReLU))
    assert swap.added == swap.model.count_params() - model.count_params() == channels
