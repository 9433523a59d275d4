"""Every activation of the table gives in every format what Keras gives: one small network each."""

from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from piste.models.activations.table import ACTIVATIONS
from piste.models.build import build_model
from piste.pipelines.export.keras_file import judge_keras, write_keras
from piste.pipelines.export.litert import write_litert
from piste.pipelines.export.onnx import write_onnx
from piste.pipelines.export.saved_model import export_saved_model
from piste.pipelines.export.verify import Exported, judge

CLASSES = ("a", "b", "c")
PIXELS = np.random.default_rng(1).integers(0, 256, (16, 6, 6), dtype=np.uint8)
FEW = ("rrelu", "smelu", "parametric_swish", "celu", "gelu")  # own layers, learned ones, and the hard ones to convert
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


def check(names: list[str], folder: Path, formats: tuple[str, ...]) -> None:
    models = {name: network(name) for name in names}
    outputs = {name: model.predict(PIXELS, verbose=0) for name, model in models.items()}
    for kind in formats:
        made = []
        for name, model in models.items():
            path = folder / name / kind
            path.parent.mkdir(exist_ok=True)
            if kind == "saved_model":
                path = export_saved_model(model, folder / name, classes=CLASSES)
            elif kind == "onnx":
                write_onnx(model, path, classes=CLASSES)
            elif kind == "litert":
                write_litert(model, path, classes=CLASSES)
            else:
                path = path.with_suffix(".keras")
                write_keras(model, path)
                result = judge_keras(path, PIXELS, outputs[name], classes=CLASSES, precision="float32")
                assert not isinstance(result, str), (name, kind, result)
                continue
            made.append(Exported(path, outputs[name], PIXELS, CLASSES, kind=kind))
        for name, facts in zip(models, judge(made) if made else [], strict=False):
            assert not isinstance(facts, str), (name, kind, facts)
            assert facts["max_abs_difference"] < 1e-4, (name, kind)


@pytest.mark.slow
def test_train_time_only_layers_and_own_activations(tmp_path: Path) -> None:
    check(list(FEW), tmp_path, ("onnx", "litert", "keras"))


@pytest.mark.slow
def test_every_activation_in_every_format(tmp_path: Path) -> None:
    check(list(ACTIVATIONS), tmp_path, ("saved_model", "onnx", "litert", "keras"))


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
