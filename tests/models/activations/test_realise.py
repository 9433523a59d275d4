from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from piste.models.activations.own import CELU
from piste.models.activations.realise import layer
from piste.models.activations.rrelu import RReLU
from piste.models.activations.smelu import SmeLU
from piste.models.activations.swish import Swish
from piste.models.activations.table import ACTIVATIONS, find

SPECS: dict[str, dict[str, Any]] = {
    **{name: {"type": name} for name in ACTIVATIONS},
    "leaky_relu_01": {"type": "leaky_relu", "negative_slope": 0.01},
    "elu_half": {"type": "elu", "alpha": 0.5},
    "celu_quarter": {"type": "celu", "alpha": 0.25},
    "prelu_tenth": {"type": "prelu", "alpha": 0.1},
    "swish_wide": {"type": "swish", "beta": 0.6},
    "parametric_swish_wide": {"type": "parametric_swish", "beta": 0.6},
    "smelu_half": {"type": "smelu", "beta": 0.5},
    "rrelu_steep": {"type": "rrelu", "lower": 0.25, "upper": 0.75},
    "thresholded_relu_half": {"type": "thresholded_relu", "threshold": 0.5},
}
Z = np.linspace(-7, 7, 41, dtype="float32").reshape(1, 41)


@pytest.fixture(scope="module")
def fan() -> Any:
    """One model with every activation side by side, so that one file tests them all."""
    inputs = keras.Input((41,))
    return keras.Model(inputs, {key: layer(spec, name=key)(inputs) for key, spec in SPECS.items()})


def test_layers_compute_the_function(fan: Any, references: Any) -> None:
    outputs = fan(Z)
    for key, spec in SPECS.items():
        arguments = {k: v for k, v in spec.items() if k != "type"}
        expected = references[find(spec["type"]).name][0](Z.astype("float64"), **arguments)
        np.testing.assert_allclose(outputs[key], expected, rtol=2e-6, atol=2e-6, err_msg=key)


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # Keras 3.15 on NumPy 2
def test_a_saved_file_gives_the_same_bits(fan: Any, tmp_path: Path) -> None:
    fan.save(tmp_path / "fan.keras")
    loaded = keras.models.load_model(tmp_path / "fan.keras")
    before, after = fan(Z), loaded(Z)
    for key in SPECS:
        np.testing.assert_array_equal(before[key], after[key], err_msg=key)
        assert type(loaded.get_layer(key)) is type(fan.get_layer(key))


@pytest.mark.parametrize("key", SPECS)
def test_config_round_trip(key: str) -> None:
    made = layer(SPECS[key], name=key)
    again = type(made).from_config(made.get_config())
    assert again.name == key
    assert again.get_config() == made.get_config()


def test_keras_own_layers_are_used_where_there_are_some() -> None:
    expected = {"relu": "ReLU", "relu6": "ReLU", "leaky_relu": "LeakyReLU", "prelu": "PReLU", "elu": "ELU"}
    expected |= {"thresholded_relu": "ReLU"}
    own = {"celu": "CELU", "rrelu": "RReLU", "smelu": "SmeLU", "parametric_swish": "ParametricSwish"}
    for name in ACTIVATIONS:
        made = layer(name, name="a")
        assert type(made).__name__ == (expected | own).get(name, "Activation")
        assert ACTIVATIONS[name].layer == ("Swish" if name == "silu" else type(made).__name__)


def test_table_constants_describe_the_layer() -> None:
    for name, entry in ACTIVATIONS.items():
        config = layer(name, name="a").get_config()
        for key, value in entry.constants.items():
            if key == "activation" and value != config[key]:
                value = {"hard_swish": "hard_silu", "piste>gelu_tanh": config[key]}[str(value)]
            assert config[key] == value, name


def test_prelu_learns_one_slope_a_channel_in_images() -> None:
    flat, image = layer("prelu", name="a"), layer("prelu", name="b", rank=4)
    flat.build((None, 5))
    image.build((None, 8, 8, 3))
    assert flat.alpha.shape == (5,)
    assert image.alpha.shape == (1, 1, 3)
    np.testing.assert_array_equal(image.alpha.numpy(), np.full((1, 1, 3), 0.25, "float32"))


def test_parametric_swish_learns_one_beta_a_channel_in_images() -> None:
    flat, image = layer("parametric_swish", name="a"), layer({"type": "parametric_swish", "beta": 2}, name="b", rank=4)
    flat.build((None, 5))
    image.build((None, 8, 8, 3))
    assert flat.beta.shape == (5,)
    np.testing.assert_array_equal(image.beta.numpy(), np.full((1, 1, 3), 2.0, "float32"))


def test_rrelu_draws_a_slope_for_every_number_in_training_and_takes_the_mean_in_inference() -> None:
    x = np.full((100, 200), -1.0, "float32")
    x[:, 0] = 3.0
    made = layer({"type": "rrelu", "lower": 0.25, "upper": 0.75}, name="a", seed=7)
    drawn = np.array(made(x, training=True))
    np.testing.assert_array_equal(drawn[:, 0], 3.0)
    slopes = -drawn[:, 1:]
    assert slopes.min() >= 0.25 and slopes.max() < 0.75
    # A uniform distribution of width 1/2 has the mean 1/2 and the standard deviation 1 / (2 sqrt(12)).
    assert slopes.mean() == pytest.approx(0.5, abs=4 * 0.5 / 12**0.5 / slopes.size**0.5)
    assert slopes.std() == pytest.approx(0.5 / 12**0.5, rel=0.02)
    assert not np.array_equal(np.array(made(x, training=True)), drawn)
    again = layer({"type": "rrelu", "lower": 0.25, "upper": 0.75}, name="b", seed=7)
    np.testing.assert_array_equal(np.array(again(x, training=True)), drawn)
    np.testing.assert_array_equal(np.array(made(x))[:, 1:], -0.5)


def test_softmax_is_a_layer_too() -> None:
    np.testing.assert_allclose(layer("softmax", name="a")(np.zeros((1, 4))), np.full((1, 4), 0.25))


@pytest.mark.parametrize(("cls", "argument"), [(CELU, "alpha"), (Swish, "beta"), (SmeLU, "beta")])
def test_own_layers_refuse_zero(cls: Any, argument: str) -> None:
    with pytest.raises(ValueError, match=rf"`{argument}` must be greater than 0\. Received: 0\."):
        cls(**{argument: 0})


@pytest.mark.parametrize("limits", [(-0.1, 0.5), (0.5, 0.25)])
def test_rrelu_refuses_limits_out_of_order(limits: tuple[float, float]) -> None:
    with pytest.raises(ValueError, match=r"`lower` must be at least 0 and at most `upper`\. Received: "):
        RReLU(*limits)


@pytest.mark.parametrize("spec", [3, {"alpha": 1.0}, {"type": 3}])
def test_malformed_specs(spec: Any) -> None:
    with pytest.raises(TypeError, match=r"`activation` must be a name or a map with a `type`\. Received: "):
        layer(spec, name="a")
