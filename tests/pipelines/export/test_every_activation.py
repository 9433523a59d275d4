"""Every activation of the table gives in every format what Keras gives: one small network each."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from piste.models.activations.table import ACTIVATIONS
from piste.models.build import build_model
from piste.pipelines.export.litert import write_litert
from piste.pipelines.export.onnx import write_onnx
from tests.pipelines.export.agree import FORMATS, QUICK, differences, far

CLASSES = ("a", "b", "c")
PIXELS = np.random.default_rng(1).integers(0, 256, (16, 6, 6), dtype=np.uint8)
SPREAD = 6.0  # the outputs before each activation reach both of its sides


def network(activation: str) -> Any:
    model = build_model(
        {"type": "mlp", "hidden": [12, 8], "activation": activation, "dropout": 0.5},
        input_shape=(6, 6), input_dtype="uint8", outputs=3, task="classification", scale="unit", seed=5,
    )  # fmt: skip
    for layer in model.layers:
        if isinstance(layer, keras.layers.Dense) and layer.name != "head":
            layer.kernel.assign(SPREAD * layer.kernel)
        for weight in layer.weights:
            if weight.path.endswith(("beta", "alpha")):  # as if they had been trained, each its own way
                weight.assign(np.linspace(0.3, 1.7, weight.shape[-1], dtype=np.float32))
    return model


def found(names: Iterable[str], folder: Path, kind: str) -> dict[str, float | str]:
    return differences({name: (network(name), PIXELS, CLASSES) for name in names}, folder, kind)


@pytest.mark.parametrize(
    "kind", [pytest.param(kind, marks=() if kind in QUICK else pytest.mark.slow) for kind in FORMATS]
)
def test_every_activation_in_every_format(tmp_path: Path, kind: str) -> None:
    compared = found(ACTIVATIONS, tmp_path, kind)
    assert list(compared) == list(ACTIVATIONS) and far(compared) == {}


def test_the_networks_reach_both_sides_of_their_activations() -> None:
    model = network("relu")
    hidden = keras.Model(model.inputs, [layer.output for layer in model.layers if layer.name.endswith("_act")][:2])
    for values in hidden.predict(PIXELS, verbose=0):
        assert 0.1 < (values == 0).mean() < 0.9


def test_an_operation_that_a_format_lacks_is_named(tmp_path: Path) -> None:
    inputs = keras.Input((3,), dtype="float32")
    model = keras.Model(inputs, keras.ops.erfinv(inputs))
    from piste.pipelines.errors import ArtefactError

    for write in (write_onnx, write_litert):
        with pytest.raises(ArtefactError, match=r"operations that (ONNX|LiteRT) has\. Received: .*[Ee]rfinv.*; choose"):
            write(model, tmp_path / "file", classes=None)
    assert list(tmp_path.iterdir()) == []
