"""Swaps in small models of every kind, against outputs worked by NumPy and counts worked by hand."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from keras import layers

from piste.models import swap_activations
from piste.models.swapping import copying
from piste.models.swapping.swap import Swap

X = np.random.default_rng(0).normal(size=(8, 6)).astype("float32")
IMAGES = np.random.default_rng(1).normal(size=(4, 8, 8, 3)).astype("float32")


def elu(z: Any) -> Any:
    return np.where(z > 0, z, np.expm1(np.minimum(z, 0)))


def sequential(name: str = "inner") -> Any:
    hidden = [layers.Dense(5, activation="relu", name="a"), layers.Dense(4, name="b"), layers.ReLU(name="b_relu")]
    return keras.Sequential([keras.Input((6,)), *hidden, layers.Dense(3, activation="softmax", name="head")], name=name)


def functional(name: str = "other") -> Any:
    inputs = keras.Input((6,), name="given")
    x = layers.Dense(5, activation="silu", name="a")(inputs)
    x = keras.ops.relu(layers.Dense(5, name="b")(x))
    x = layers.LeakyReLU(negative_slope=0.1, name="leaky")(
        layers.BatchNormalization()(layers.Add()([x, inputs[:, :5]]))
    )
    return keras.Model(inputs, layers.Dense(3, activation="softmax", name="head")(layers.Dropout(0.5)(x)), name=name)


def nested() -> Any:
    inputs = keras.Input((6,))
    inner = sequential()
    x = layers.Concatenate()([inner(inputs), inner(keras.ops.gelu(inputs)), functional()(inputs)])
    return keras.Model(inputs, layers.Dense(2, name="end")(layers.Activation("selu", name="act")(x)))


def convolutional() -> Any:
    x = inputs = keras.Input((8, 8, 3))
    for layer in (
        layers.Conv2D(4, 3, activation="relu", name="a"),
        layers.DepthwiseConv2D(3, activation="relu6", name="b"),
        layers.SeparableConv2D(4, 2, activation=layers.ELU(0.5), name="c"),
        layers.PReLU(shared_axes=[1, 2], name="d"),
        layers.GlobalAveragePooling2D(),
    ):
        x = layer(x)
    return keras.Model(inputs, x)


NETS = pytest.mark.parametrize(
    ("net", "x"),
    [(sequential, X), (functional, X), (nested, X), (convolutional, IMAGES)],
    ids=["sequential", "functional", "nested", "convolutional"],
)


def paths(swap: Swap) -> list[tuple[str, str]]:
    return [(item.path, item.before) for item in swap.swapped]


def refused(model: Any, words: str, **arguments: Any) -> None:
    with pytest.raises(ValueError, match=words):
        swap_activations(model, "elu", **arguments)


def test_outputs_are_those_worked_by_hand() -> None:
    model = sequential()
    swap = swap_activations(model, "elu")
    (a, a_bias), (b, b_bias), (c, c_bias) = (
        [np.array(w) for w in model.get_layer(n).weights] for n in ("a", "b", "head")
    )
    logits = elu(elu(X @ a + a_bias) @ b + b_bias) @ c + c_bias
    expected = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(swap.model(X), expected, rtol=1e-5)
    assert np.abs(np.array(model(X)) - expected).max() > 1e-3
    assert [layer.name for layer in swap.model.layers] == ["a", "a_act", "b", "b_relu", "head"]
    assert isinstance(swap.model, keras.Sequential)
    features = keras.Model(swap.model.inputs[0], swap.model.get_layer("a_act").output)
    np.testing.assert_allclose(features(X), elu(X @ a + a_bias), rtol=1e-5, atol=1e-6)


@NETS
def test_what_is_swapped_and_what_is_left(net: Callable[[], Any], x: Any) -> None:
    expected = {
        "sequential": ([("a", "relu"), ("b_relu", "relu")], {"head": "softmax"}),
        "functional": (
            [("a", "silu"), ("relu", "relu"), ("leaky", "leaky_relu (negative_slope 0.1)")], {"head": "softmax"},
        ),
        "nested": (
            [("inner/a", "relu"), ("inner/b_relu", "relu"), ("gelu", "gelu_tanh"), ("other/a", "silu"),
             ("other/relu", "relu"), ("other/leaky", "leaky_relu (negative_slope 0.1)"), ("act", "selu")],
            {"inner/head": "softmax", "other/head": "softmax"},
        ),
        "convolutional": ([("a", "relu"), ("b", "relu6"), ("c", "elu (alpha 0.5)"), ("d", "prelu")], {}),
    }  # fmt: skip
    keras.utils.clear_session(free_memory=False)
    swap = swap_activations(net(), "elu")
    assert sorted(paths(swap)) == sorted(expected[net.__name__][0])
    assert {item.path: item.name for item in swap.left} == expected[net.__name__][1]
    assert {item.after for item in swap.swapped} == {"elu"}
    assert np.isfinite(swap.model(x)).all()


@NETS
def test_weights_and_names_stay_and_the_given_model_does_too(net: Callable[[], Any], x: Any) -> None:
    keras.utils.set_random_seed(0)
    model = net()
    before, bits, config = np.array(model(x)), [np.array(w) for w in model.variables], model.get_config()
    swap = swap_activations(model, "elu")
    learned = 4 if net is convolutional else 0  # PReLU's
    assert swap.model.count_params() == model.count_params() - learned and swap.removed == learned
    assert swap.model.output_shape == model.output_shape and swap.model.name == model.name
    kept = [np.array(w) for layer in model.layers if layer.name != "d" for w in layer.weights]
    copied = [np.array(w) for layer in swap.model.layers for w in layer.weights]
    assert all(np.array_equal(one, other) for one, other in zip(kept, copied, strict=True))
    assert not {id(w) for w in swap.model.variables} & {id(w) for w in model.variables}
    swap.model.set_weights([np.zeros_like(w) for w in copied])
    assert all(np.array_equal(one, other) for one, other in zip(bits, model.variables, strict=True))
    assert np.array_equal(before, model(x)) and config == model.get_config()


@NETS
def test_there_and_back_is_the_same_to_the_last_bit(net: Callable[[], Any], x: Any) -> None:
    keras.utils.set_random_seed(0)
    model = swap_activations(net(), "relu").model
    there = swap_activations(model, "elu")
    back = swap_activations(there.model, "relu")
    assert len(there.swapped) == len(back.swapped) >= 2
    np.testing.assert_array_equal(back.model(x), model(x))
    np.testing.assert_array_equal(back.model(x, training=True), model(x, training=True))  # seeds of dropout are copied
    assert (np.array(there.model(x)) != np.array(model(x))).any()


@NETS
def test_swapped_with_itself(net: Callable[[], Any], x: Any) -> None:
    keras.utils.set_random_seed(0)
    model = swap_activations(net(), "mish").model
    again = swap_activations(model, "mish")
    assert not again.swapped
    assert sum(item.why == "is what was asked for already" for item in again.left) >= 2
    np.testing.assert_array_equal(again.model(x), model(x))


@pytest.mark.parametrize(
    ("net", "x"),
    [
        (sequential, X),
        (convolutional, IMAGES),
        pytest.param(functional, X, marks=pytest.mark.slow),
        pytest.param(nested, X, marks=pytest.mark.slow),
    ],
    ids=["sequential", "convolutional", "functional", "nested"],
)
def test_it_trains_is_saved_and_is_read(net: Callable[[], Any], x: Any, tmp_path: Path) -> None:
    swap = swap_activations(net(), {"type": "elu", "alpha": 0.5})
    swap.model.compile("sgd", "mse", jit_compile=False)
    assert np.isfinite(swap.model.train_on_batch(x, np.zeros(np.array(swap.model(x)).shape)))
    swap.model.save(tmp_path / "model.keras")
    once, twice = (keras.models.load_model(tmp_path / "model.keras") for _ in range(2))
    np.testing.assert_array_equal(once(x), swap.model(x))
    inputs = keras.Input(x.shape[1:])  # one file read twice, both in one model: the same names at two places
    once.name, twice.name = "once", "twice"
    both = swap_activations(keras.Model(inputs, layers.Add()([once(inputs), twice(inputs)])), "relu")
    assert sorted(path.split("/", 1) for path, _ in paths(both)) == sorted(
        [name, path] for name in ("once", "twice") for path, _ in paths(swap_activations(once, "relu"))
    )


@pytest.mark.parametrize(("spec", "argument"), [("prelu", "alpha"), ("parametric_swish", "beta")])
def test_learned_activations_get_new_weights(spec: str, argument: str) -> None:
    """One for each of the 4 channels after each of 4 layers; the PReLU that was there had as many."""
    swap = swap_activations(convolutional(), {"type": spec, argument: 0.75})
    assert (swap.added, swap.removed) == (4 * 4, 4)
    for name in ("a_act", "b_act", "c_act", "d"):
        np.testing.assert_array_equal(np.ravel(swap.model.get_layer(name).weights[0]), np.full(4, 0.75))


def test_learned_slopes_stay_when_prelu_is_asked_for_with_its_own_start() -> None:
    model = convolutional()
    model.get_layer("d").alpha.assign(np.full((1, 1, 4), 0.5))
    swap = swap_activations(model, "prelu")
    assert [item.path for item in swap.left] == ["d"] and swap.removed == 0
    np.testing.assert_array_equal(np.ravel(swap.model.get_layer("d").alpha), np.full(4, 0.5))


def test_a_shared_layer_keeps_one_activation_and_a_shared_activation_learns_one_for_each_shape() -> None:
    inputs = keras.Input((6,))
    dense, act = layers.Dense(6, activation="relu", name="dense"), layers.ReLU(name="act")
    wide = act(layers.Dense(9, name="wide")(inputs))
    model = keras.Model(inputs, layers.Concatenate()([act(dense(dense(inputs))), wide]))
    swap = swap_activations(model, "prelu")
    assert paths(swap) == [("dense", "relu"), ("act", "relu")]
    names = [layer.name for layer in swap.model.layers if isinstance(layer, layers.PReLU)]
    assert sorted(names) == ["act", "act_2", "dense_act"]
    assert swap.added == 6 + 6 + 9 and len(swap.model.get_layer("dense_act")._inbound_nodes) == 2


@pytest.mark.parametrize("policy", ["mixed_float16", "mixed_bfloat16"])
def test_half_precision_stays(policy: str) -> None:
    inputs = keras.Input((6,))
    x = layers.Dense(6, activation="relu", dtype=policy, name="a")(inputs)
    x = layers.ReLU(dtype=policy, name="act")(keras.ops.silu(layers.Dense(6, dtype=policy)(x)))
    model = keras.Model(inputs, layers.Dense(1, dtype="float32")(x))
    swap = swap_activations(model, "prelu")
    made = [layer for layer in swap.model.layers if isinstance(layer, layers.PReLU)]
    assert [(layer.compute_dtype, layer.alpha.dtype) for layer in made] == [(policy[6:], "float32")] * 3
    assert swap.model.output.dtype == "float32"


def test_frozen_layers_stay_frozen() -> None:
    inner = sequential()
    inner.trainable = False
    model = keras.Sequential([keras.Input((6,)), inner, layers.Dense(1)])
    swap = swap_activations(model, "prelu")
    assert len(swap.model.trainable_weights) == 2 and swap.added == 5 + 4


def test_what_was_adapted_to_data_comes_along() -> None:
    norm = layers.Normalization()
    norm.adapt(3 * X + 1)
    model = keras.Sequential([keras.Input((6,)), norm, layers.Dense(3, activation="relu"), layers.Dense(1)])
    back = swap_activations(swap_activations(model, "elu").model, "relu").model
    np.testing.assert_array_equal(back(X), model(X))


def test_a_compiled_model_gives_one_that_is_not() -> None:
    model = sequential()
    model.compile("adam", "mse")
    swap = swap_activations(model, "elu")
    assert swap.was_compiled and model.compiled and not swap.model.compiled
    assert str(swap) == (
        "2 activations swapped, 1 left.\n"
        "  2 relu -> elu\n"
        "  left: head (softmax): shares 1 out along an axis, which no activation of units does\n"
        "  The given model was compiled, and the new one is not: call `compile` on it."
    )
    with pytest.raises(ValueError, match="compile"):
        swap.model.fit(X, np.zeros((8, 3)), verbose=0)


def test_refusals() -> None:
    graph = "`model` must be functional or Sequential, and built. Received: "
    refused(keras.Sequential([layers.Dense(1, activation="relu")]), f"{graph}Sequential")

    class Own(keras.Model):
        pass

    refused(Own(), f"{graph}Own. Give a Sequential its input's shape; give a class of your own the activation")

    class NoConfig(layers.Dense):
        def __init__(self, function: Any) -> None:
            super().__init__(2)

    inputs = keras.Input((6,))
    refused(
        keras.Model(inputs, NoConfig(object())(inputs)), "a layer must give a config to be copied. Received: NoConfig"
    )
    with pytest.raises(ValueError, match="Did you mean `relu`"):
        swap_activations(sequential(), "rellu")


def test_variables_that_two_layers_share_are_refused() -> None:
    first, second = layers.Dense(6, use_bias=False), layers.Dense(6, use_bias=False)
    inputs = keras.Input((6,))
    first.build((None, 6))
    outputs = second(first(inputs))
    second._trainable_variables[0] = first.kernel
    refused(keras.Model(inputs, outputs), "Layers must have weights of their own to be copied")


def test_the_checks_see_a_copy_that_forgets_weights(monkeypatch: pytest.MonkeyPatch) -> None:
    model = sequential()
    monkeypatch.setattr(copying.Copier, "copy_weights", lambda self: None)
    copied = swap_activations(model, "elu").model
    assert not np.array_equal(copied.get_weights()[0], model.get_weights()[0])
