"""What is in an export, and how it gets to the disk."""

import re
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf
from tensorflow.core.protobuf.saved_model_pb2 import SavedModel

from piste.pipelines.errors import DiskError, RunFolderError
from piste.pipelines.export.saved_model import export_saved_model
from piste.pipelines.export.verify import Exported


def small(units: int = 2, dtype: str | None = None) -> Any:
    inputs = keras.Input((3,), dtype="uint8", name="pixels")
    x = keras.layers.Rescaling(1 / 255)(inputs)
    head = keras.layers.Dense(units, activation="softmax", dtype=dtype, kernel_initializer="zeros")
    return keras.Model(inputs, head(x))


def answers(folder: Path, samples: int) -> Any:
    loaded = tf.saved_model.load(folder)
    return loaded.serve(np.zeros((samples, 3), np.uint8))


def operations(folder: Path) -> Counter[str]:
    graph = SavedModel.FromString((folder / "saved_model.pb").read_bytes()).meta_graphs[0].graph_def
    return Counter(
        node.op for function in graph.library.function for node in function.node_def if "save" not in node.name
    )


def test_a_watched_model_exports_the_graph_of_an_unwatched_one(exports: dict[str, Exported]) -> None:
    plain = operations(exports["mlp"].folder)
    assert plain["MatMul"] and plain["Relu"]
    assert operations(exports["watched, fused"].folder) == plain
    assert operations(exports["watched, plain fit"].folder) == plain


@pytest.mark.parametrize("name", ["mlp", "watched, fused"])
def test_only_the_weights_are_stored(exports: dict[str, Exported], name: str) -> None:
    stored = tf.train.list_variables(str(exports[name].folder / "variables" / "variables"))
    shapes = sorted(shape for key, shape in stored if key != "_CHECKPOINTABLE_OBJECT_GRAPH")
    assert shapes == [[3], [6], [6, 3], [64, 6]]


def test_the_layout_and_the_python_door(tmp_path: Path) -> None:
    folder = export_saved_model(small(), tmp_path / "export", classes=("no", "yes"))
    assert folder == tmp_path / "export" / "saved_model" / "1"
    assert [entry.name for entry in folder.parent.iterdir()] == ["1"]
    served = answers(folder, samples=1)
    np.testing.assert_array_equal(served["probabilities"], [[0.5, 0.5]])  # zero weights
    assert served["class_name"].numpy().tolist() == [[b"no", b"yes"][int(served["class_index"][0])]]


def test_one_sigmoid_unit_serves_both_probabilities(tmp_path: Path) -> None:
    inputs = keras.Input((1,), dtype="float32")
    unit = keras.layers.Dense(1, activation="sigmoid", kernel_initializer="ones")
    folder = export_saved_model(keras.Model(inputs, unit(inputs)), tmp_path, classes=("no", "yes"))
    loaded = tf.saved_model.load(folder)
    served = loaded.serve(np.array([[0.0], [np.log(3)], [-np.log(4)]], np.float32))
    np.testing.assert_allclose(served["probabilities"], [[0.5, 0.5], [0.25, 0.75], [0.8, 0.2]], rtol=1e-6)
    assert served["class_index"].numpy().tolist() == [0, 1, 0]
    assert served["class_name"].numpy().tolist() == [b"no", b"yes", b"no"]
    assert loaded.serve(np.zeros((0, 1), np.float32))["probabilities"].shape == (0, 2)


def test_only_what_convolves_pads_an_empty_batch(exports: dict[str, Exported]) -> None:
    for name, pads in {"mlp": 0, "free form": 0, "regression": 0, "cnn": 1, "one sigmoid unit": 1}.items():
        found = operations(exports[name].folder)
        assert bool(found["Conv2D"]) == bool(pads) and found["Pad"] == pads, name
        loaded = tf.saved_model.load(exports[name].folder)
        served = loaded.serve(exports[name].samples[:0])
        assert {len(answer) for answer in served.values()} == {0}, name


def test_half_precision_outputs_become_float32(tmp_path: Path) -> None:
    model = small(dtype="bfloat16")
    assert model.outputs[0].dtype == "bfloat16"
    served = answers(export_saved_model(model, tmp_path, classes=("no", "yes")), samples=1)
    assert served["probabilities"].dtype == tf.float32
    served = answers(export_saved_model(model, tmp_path / "numbers", classes=None), samples=1)
    assert served["predictions"].dtype == tf.float32


def test_an_export_replaces_no_other(tmp_path: Path) -> None:
    folder = export_saved_model(small(2), tmp_path, classes=("no", "yes"))
    before = (folder / "saved_model.pb").read_bytes()
    with pytest.raises(RunFolderError, match=r"a folder that does not exist. Received: .*saved_model; remove it"):
        export_saved_model(small(3), tmp_path, classes=("no", "yes", "perhaps"))
    assert (folder / "saved_model.pb").read_bytes() == before


def test_a_full_disk_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(trackable: Any, path: str, **arguments: Any) -> None:
        Path(path).mkdir()
        (Path(path) / "saved_model.pb").write_bytes(b"half")
        raise tf.errors.ResourceExhaustedError(None, None, "No space left on device")

    monkeypatch.setattr(tf.saved_model, "save", full)
    with pytest.raises(DiskError, match=r"export/saved_model: No space left on device\. Free some space or"):
        export_saved_model(small(), tmp_path / "export", classes=("no", "yes"))
    assert list((tmp_path / "export").iterdir()) == []


def test_exporting_is_quiet(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    logger = tf.get_logger()
    before = logger.level
    logger.addHandler(caplog.handler)  # what TensorFlow's own handler writes to was chosen before this test
    logger.setLevel("INFO")
    try:
        export_saved_model(small(), tmp_path, classes=("no", "yes"))
        assert logger.level == 20
    finally:
        logger.setLevel(before)
        logger.removeHandler(caplog.handler)
    assert capfd.readouterr().out == "" and caplog.messages == []


def test_as_many_outputs_as_classes(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"\(batch, 3\), one for each of `classes`. Received: shape \('batch', 2\)"):
        export_saved_model(small(2), tmp_path, classes=("a", "b", "c"))
    with pytest.raises(ValueError, match=r"\(batch, 3\), one for each of `classes`. Received: shape \('batch', 1\)"):
        export_saved_model(small(1), tmp_path, classes=("a", "b", "c"))
    image = keras.Input((4, 4))
    with pytest.raises(ValueError, match=r"shape \(batch, targets\). Received: shape \('batch', 4, 4\)"):
        export_saved_model(keras.Model(image, keras.layers.ReLU()(image)), tmp_path, classes=None)
    assert list(tmp_path.iterdir()) == []


def test_one_input_and_one_output(tmp_path: Path) -> None:
    a, b = keras.Input((2,)), keras.Input((2,))
    model = keras.Model([a, b], keras.layers.Add()([a, b]))
    with pytest.raises(ValueError, match="Received: 2 inputs and 1 outputs"):
        export_saved_model(model, tmp_path, classes=None)


@pytest.mark.slow
def test_the_signature_that_tensorflows_own_tool_shows(tmp_path: Path) -> None:
    folder = export_saved_model(small(), tmp_path, classes=("no", "yes"))
    tool = [sys.executable, "-m", "tensorflow.python.tools.saved_model_cli", "show", "--dir", str(folder)]
    shown = subprocess.run(
        [*tool, "--tag_set", "serve", "--signature_def", "serving_default"], capture_output=True, text=True, check=True
    ).stdout
    found = re.findall(r"(in|out)puts\['(\w+)'\] tensor_info:\n\s+dtype: (\w+)\n\s+shape: \((.*)\)", shown)
    assert found == [
        ("in", "inputs", "DT_UINT8", "-1, 3"),
        ("out", "class_index", "DT_INT64", "-1"),
        ("out", "class_name", "DT_STRING", "-1"),
        ("out", "probabilities", "DT_FLOAT", "-1, 2"),
    ]
