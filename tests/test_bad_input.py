"""Bad input to the whole command: one readable error in its place, the right exit code, and no run folder."""

import struct
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from piste.cli import main

Captured = pytest.CaptureFixture[str]
DATA = "source: synthetic, kind: circles, samples: 64, test_samples: 16"
HEAD = "{type: dense, units: 2, activation: softmax}"
CONFIG = """seed: 1
data: {%s}
model: {%s}
training: {%s}
export: {formats: []}
"""
NPZ = "source: npz, path: some.npz, x_test: null, y_test: null"


def _config(data: str = DATA, model: str = "type: mlp, hidden: [4]", training: str = "epochs: 1") -> str:
    return CONFIG % (data, model, training)


def _refused(text: str | bytes, code: int, words: str, capsys: Captured, *arguments: str) -> None:
    Path("net.yaml").write_bytes(text if isinstance(text, bytes) else text.encode())
    before = sorted(path.name for path in Path().iterdir())
    assert main(["train", "net.yaml", *arguments]) == code
    captured = capsys.readouterr()
    assert words in captured.err
    assert "Traceback" not in captured.err
    assert captured.out == ""
    assert sorted(path.name for path in Path().iterdir()) == before


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


BAD_CONFIGS: dict[str, tuple[str | bytes, str]] = {
    "unknown key": (
        _config(model="type: mlp, hiden: [4]"),
        "net.yaml:3:20: error: `model.hiden` is no key of a config. Did you mean `hidden`?",
    ),
    "missing section": ("data: {source: embedded}\n", "net.yaml:1:1: error: `model` is missing."),
    "missing argument": (
        _config(data="source: npz"),
        "net.yaml:2:1: error: `data.path` is missing.",
    ),
    "mistyped": (
        _config(training="epochs: many"),
        "net.yaml:4:20: error: `training.epochs` must be an integer. Received: many.",
    ),
    "out of range": (
        _config(training="epochs: 0"),
        "net.yaml:4:20: error: `training.epochs` must be at least 1. Received: 0.",
    ),
    "contradictory split": (
        _config(data=f"{DATA}, validation: {{size: 3, fraction: 0.5}}"),
        "`data.validation` must give `size` or `fraction`, one of the two. Received: both.",
    ),
    "contradictory classes": (
        _config(data=f"{DATA}, num_classes: 3"),
        "`data.num_classes` must be 2: there are two circles. Received: 3.",
    ),
    "contradictory clipping": (
        _config(training="epochs: 1, optimizer: {type: sgd, clipnorm: 1.0, clipvalue: 1.0}"),
        "`training.optimizer.clipvalue` must not be set together with `clipnorm`",
    ),
    "stopping without validation": (
        _config(data=f"{DATA}, validation: null", training="epochs: 1, early_stopping: {}"),
        "`training.early_stopping.monitor` needs validation samples, but `data.validation` is null.",
    ),
    "unknown activation": (
        _config(model="type: mlp, activation: eluu"),
        "net.yaml:3:32: error: `model.activation` must name an activation. Received: eluu. Did you mean `elu`?",
    ),
    "wrong argument of an activation": (
        _config(model="type: mlp, activation: {type: leaky_relu, slope: 0.1}"),
        "net.yaml:3:51: error: `model.activation.slope` is no argument of `leaky_relu`.",
    ),
    "range of an activation's argument": (
        _config(model="type: mlp, activation: {type: leaky_relu, negative_slope: -1}"),
        "`model.activation.negative_slope` must be at least 0. Received: -1.",
    ),
    "wrong argument of a layer": (
        _config(model="layers: [{type: dense, unit: 4}]"),
        "net.yaml:3:32: error: `model.layers[0].unit` is no argument of `dense`. Did you mean `units`?",
    ),
    "one-hot loss": (
        _config(training="epochs: 1, loss: categorical_crossentropy"),
        "net.yaml:4:29: error: `training.loss` needs one-hot labels",
    ),
    "loss that only broadcasts": (
        _config(training="epochs: 1, loss: mean_squared_error"),
        "error: net.yaml:4:29: `training.loss` must take the model's output, shape ('batch', 2), and targets of "
        "shape ('batch',). Received from Keras:",
    ),
    "metric that does not fit": (
        _config(training="epochs: 1, metrics: [{type: mean_squared_error}]"),
        "error: net.yaml:4:32: `training.metrics` must take the model's output, shape ('batch', 2)",
    ),
    "layers that do not fit": (
        _config(model=f"layers: [flatten, {{type: conv2d, filters: 4, kernel_size: 3}}, {HEAD}]"),
        "error: net.yaml:3:27: layers[1] (conv2d): Input 0",
    ),
    "outputs that do not fit": (
        _config(model="layers: [{type: dense, units: 3, activation: softmax}]"),
        "error: net.yaml:3:8: The model must end in 2 outputs, shape (batch, 2). Received: shape ('batch', 3).",
    ),
    "images wanted": (
        _config(model="type: cnn"),
        "error: net.yaml:3:8: `type: cnn` must have images of height x width (x channels). Received: shape (2,).",
    ),
    "unit scale of floats": (
        _config(data=f"{DATA}, scale: unit"),
        "`scale: unit` maps the range of an integer type to 0..1. Received: inputs of float32",
    ),
    "a layer that XLA cannot compile": (
        _config(
            data="source: embedded",
            model=f"layers: [{{type: random_rotation, factor: 0.1}}, flatten, {HEAD.replace('2', '10')}]",
            training="epochs: 1, mode: fused",
        ),
        "error: net.yaml:4:29: `mode: fused` needs layers that XLA can compile. Received: random_rotation",
    ),
    "cut off": ("data: {source: embedded", "net.yaml:1:24: error: This is no valid YAML"),
    "not text": (b"\xff\xfe\x00", "net.yaml:1:1: error: A config must be UTF-8 text. Received: byte 0xFF at offset 0."),
}


@pytest.mark.parametrize("name", BAD_CONFIGS)
def test_a_bad_config_ends_with_3(name: str, capsys: Captured) -> None:
    _refused(BAD_CONFIGS[name][0], 3, BAD_CONFIGS[name][1], capsys)


def test_a_bad_override_ends_with_3(capsys: Captured) -> None:
    words = "--set 1: error: `sed` is no key of a config. Did you mean `seed`?"
    _refused(_config(), 3, words, capsys, "--set", "sed=1")


def test_no_config_ends_with_3(capsys: Captured) -> None:
    assert main(["train", "none.yaml"]) == 3
    assert capsys.readouterr().err == "none.yaml: error: There is no file none.yaml.\n"


@pytest.mark.parametrize(
    ("validation", "words"),
    [
        ("{size: 64}", "net.yaml:2:85: validation must leave training samples: there are 64. Received: size 64, "
                       "which leaves zero steps per epoch; take less."),
        ("{fraction: 0.001}", "net.yaml:2:85: validation must take at least one of the 64 training samples."),
    ],
)  # fmt: skip
def test_a_split_that_leaves_nothing_ends_with_4(validation: str, words: str, capsys: Captured) -> None:
    _refused(_config(data=f"{DATA}, validation: {validation}"), 4, words, capsys)


def _npz(x: np.ndarray, y: np.ndarray) -> None:
    np.savez("some.npz", x_train=x, y_train=y)


FLOATS = np.arange(10, dtype="float32").reshape(5, 2)


def test_an_npz_file_that_is_not_there(capsys: Captured) -> None:
    _refused(_config(data=NPZ), 4, "net.yaml:2:27: some.npz: expected an .npz file. There is none", capsys)


def test_an_npz_file_that_is_damaged(capsys: Captured) -> None:
    _npz(FLOATS, np.arange(5) % 2)
    whole = Path("some.npz").read_bytes()
    Path("some.npz").write_bytes(whole[: len(whole) // 2])
    _refused(_config(data=NPZ), 4, "net.yaml:2:27: some.npz: the .npz file is damaged", capsys)


def test_npz_arrays_of_different_lengths(capsys: Captured) -> None:
    _npz(FLOATS, np.arange(4) % 2)
    words = "`x_train` and `y_train` must hold the same number of samples. Received: shapes (5, 2) and (4,)"
    _refused(_config(data=NPZ), 4, words, capsys)


def test_labels_outside_the_classes(capsys: Captured) -> None:
    _npz(FLOATS, np.array([0, 1, 1, 0, 7]))
    words = "net.yaml:2:27: some.npz: `y_train` must hold labels from 0 to 1. Received: 7 at [4]"
    _refused(_config(data=f"{NPZ}, classes: [a, b]"), 4, words, capsys)


def test_numbers_that_are_not_finite(capsys: Captured) -> None:
    _npz(np.full_like(FLOATS, np.nan), np.arange(5) % 2)
    _refused(_config(data=NPZ), 4, "`x_train` must hold finite float32 numbers. Received: nan at [0, 0]", capsys)


def test_python_objects_end_with_10(capsys: Captured) -> None:
    _npz(np.array([{}] * 5, dtype=object), np.arange(5) % 2)
    _refused(_config(data=NPZ), 10, "`x_train` must hold numbers. Received: Python objects", capsys)


def _idx(name: str, values: np.ndarray, cut: int = 0) -> None:
    header = struct.pack(">BBBB", 0, 0, 8, values.ndim) + struct.pack(f">{values.ndim}I", *values.shape)
    Path("idx").mkdir(exist_ok=True)
    Path("idx", name).write_bytes((header + values.astype("uint8").tobytes())[: -cut or None])


def test_idx_files(capsys: Captured) -> None:
    config = _config(data="source: idx, directory: idx")
    _refused(config, 4, "net.yaml:2:32: idx: expected a folder of IDX files. There is none", capsys)
    _idx("train-images-idx3-ubyte", np.zeros((20, 4, 4)))
    _idx("train-labels-idx1-ubyte", np.arange(19) % 2)
    _refused(config, 4, "must hold the same number of samples. Received: shapes (20, 4, 4) and (19,)", capsys)
    _idx("train-images-idx3-ubyte", np.zeros((20, 4, 4)), cut=7)
    _refused(config, 4, "the header announces 320 bytes (shape (20, 4, 4)). The file holds 313", capsys)


def test_a_data_set_that_tfds_does_not_know(capsys: Captured) -> None:
    words = "net.yaml:2:52: tfds no_such_set: TFDS knows no such data set"
    _refused(_config(data="source: tfds, name: no_such_set, directory: here"), 4, words, capsys)


def test_images_that_are_damaged(capsys: Captured) -> None:
    for name in ("cat/1.png", "cat/2.png", "dog/1.png"):
        Path("pets", name).parent.mkdir(parents=True, exist_ok=True)
        Image.new("L", (4, 4)).save(Path("pets", name))
    config = _config(data="source: image_folder, directory: pets, size: [4, 4]")
    whole = Path("pets/cat/2.png").read_bytes()
    Path("pets/cat/2.png").write_bytes(whole[:45])
    words = "net.yaml:2:41: pets/cat/2.png: expected a whole image. Received from Pillow: "
    _refused(config, 4, words, capsys)
    Path("pets/cat/2.png").write_bytes(whole)
    Path("pets/dog/1.png").unlink()
    _refused(config, 4, "net.yaml:2:41: pets/dog: expected images. There are none", capsys)


def test_rows_of_a_table(capsys: Captured) -> None:
    config = _config(data="source: csv, path: some.csv, target: kind")
    _refused(config, 4, "net.yaml:2:27: some.csv: expected a file of comma-separated values.", capsys)
    Path("some.csv").write_text("a,kind\n1,x\n2\n")
    _refused(config, 4, "net.yaml:2:27: some.csv: row 3 must have 2 values, as the header has. Received: 1;", capsys)
    Path("some.csv").write_text("a,kind\n1,x\n2,y\nthree,x\n")
    words = "net.yaml:2:27: some.csv: row 4, column 'a': most values of the column are numbers, but not all."
    _refused(config, 4, words, capsys)


def test_a_set_of_keras_that_is_not_there(capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KERAS_HOME", "nowhere")
    words = "net.yaml:2:29: keras mnist: expected nowhere/datasets/mnist.npz, where Keras keeps it. There is none"
    _refused(_config(data="source: keras, name: mnist"), 4, words, capsys)


def test_a_run_folder_that_exists_ends_with_6(capsys: Captured) -> None:
    Path("there").mkdir()
    words = "`--run` must name a folder that does not exist. Received: there; choose another."
    _refused(_config(), 6, words, capsys, "--run", "there")


def test_a_run_folder_that_cannot_be_made_ends_with_7(capsys: Captured) -> None:
    _refused(_config(), 7, "Cannot write net.yaml/run: not a directory.", capsys, "--run", "net.yaml/run")


def test_threads_that_come_too_late_end_with_9(capsys: Captured) -> None:
    import tensorflow as tf

    tf.zeros(1) + 1.0
    words = "`runtime.threads` must be set before TensorFlow is used in a process. Received: 7"
    _refused(_config() + "runtime: {threads: 7}\n", 9, words, capsys)
