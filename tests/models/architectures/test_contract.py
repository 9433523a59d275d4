"""What holds for every architecture with every activation, at tiny widths.

`make test` has one activation for every architecture and every activation for one; `make test-all` has all pairs.
"""

from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from piste.models.activations.table import ACTIVATIONS
from piste.models.build import build_model
from piste.models.zoo import SHIPPED
from tests.models.small import SMALL, VARIANTS, images

KINDS = [*(architecture.name for architecture in SHIPPED), *VARIANTS]
ONE = "elu"


def _pairs(every: str) -> list[Any]:
    """Returns all pairs, slow but for those of one activation and those of the architecture `every`."""
    return [
        pytest.param(kind, name, marks=() if kind == every or name == ONE else pytest.mark.slow)
        for kind in KINDS
        for name in ACTIVATIONS
    ]


def _built(kind: str, activation: str, **more: Any) -> tuple[Any, np.ndarray, np.ndarray]:
    """Returns a small model with inputs and targets for it."""
    options = {**images(kind), "input_dtype": "float32", "scale": "none"}
    model = build_model({**(SMALL | VARIANTS)[kind], "activation": activation, **more}, **options)
    rng = np.random.default_rng(0)
    x = rng.normal(scale=3, size=(16, *options["input_shape"])).astype("float32")  # wide, for the activation with a gap
    return model, x, rng.uniform(size=(16, options["outputs"])).astype("float32")


@pytest.mark.parametrize(("kind", "activation"), _pairs("resnet"))
def test_it_builds_and_takes_a_gradient_step(kind: str, activation: str) -> None:
    model, x, target = _built(kind, activation)
    weights = model.trainable_variables
    before = [np.array(weight) for weight in weights]
    with tf.GradientTape() as tape:
        loss = keras.ops.mean(keras.ops.square(model(x, training=True) - target))
    gradients = tape.gradient(loss, weights)
    assert all(gradient is not None and np.isfinite(gradient).all() for gradient in gradients)
    keras.optimizers.SGD(0.1).apply(gradients, weights)
    moved = [weight.path for weight, old in zip(weights, before, strict=True) if not np.array_equal(weight, old)]
    assert any(path.startswith("head") for path in moved)
    assert len([path for path in moved if path.endswith("kernel")]) > 1, "only the head moved"


NORMS = {  # with "after": how many there are, and how many of them stand after an activation
    "mlp": (2, 2), "residual_mlp": (3, 3), "wide_and_deep": (2, 2), "cnn": (3, 3), "lenet5": (3, 3), "vgg": (4, 4),
    "mlp, alpha dropout": (2, 2), "mlp, gaussian dropout": (2, 2), "resnet, bottleneck": (12, 7),
    "resnet, imagenet": (9, 5), "autoencoder, dense": (2, 2),
    "resnet": (8, 4),  # the second of each of three blocks and the shortcut end in a sum
    "wide_resnet": (7, 7), "mobilenet_v2": (10, 7),  # three blocks end in a linear layer
    "autoencoder": (4, 4),
}  # fmt: skip


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in ("towers", "layers")])
def test_batch_normalisation_stands_where_it_is_asked_for(kind: str) -> None:
    found = {}
    for position in (None, "before", "after"):
        model, x, target = _built(kind, ONE, batch_norm=None if position is None else {"position": position})
        layers = {layer["name"]: layer for layer in model.get_config()["layers"]}
        norms = [layer for layer in layers.values() if layer["class_name"] == "BatchNormalization"]
        inputs = [norm["inbound_nodes"][0]["args"][0]["config"]["keras_history"][0] for norm in norms]
        found[position] = len(norms), sum(layers[name]["class_name"] == "ELU" for name in inputs)
        with tf.GradientTape() as tape:
            loss = keras.ops.mean(keras.ops.square(model(x, training=True) - target))
        assert all(part is not None for part in tape.gradient(loss, model.trainable_variables))
    assert found == {None: (0, 0), "before": (NORMS[kind][0], 0), "after": NORMS[kind]}


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # Keras 3.15 on NumPy 2
@pytest.mark.parametrize(("kind", "activation"), _pairs("mlp"))
def test_it_is_saved_and_loaded(kind: str, activation: str, tmp_path: Path) -> None:
    model, x, _ = _built(kind, activation)
    model.save(tmp_path / "it.keras")
    again = keras.models.load_model(tmp_path / "it.keras")
    np.testing.assert_array_equal(again(x, training=False), model(x, training=False))
    assert [layer.name for layer in again.layers] == [layer.name for layer in model.layers]
