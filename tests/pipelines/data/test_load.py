"""From a config to its data, and errors that point into the config."""

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from piste.pipelines.config.load import load_config
from piste.pipelines.data.dataset import Data
from piste.pipelines.data.load import load_data
from piste.pipelines.errors import DataError, UntrustedError

MODEL = "model: {type: mlp, hidden: [4]}\n"
X = np.arange(40, dtype=np.float32).reshape(20, 2)
Y = np.arange(20) % 2


def loaded(folder: Path, text: str) -> Data:
    path = folder / "config.yaml"
    path.write_text(MODEL + text, encoding="utf-8")
    return load_data(load_config(path))


def saved(folder: Path, **arrays: Any) -> Path:
    np.savez(folder / "my.npz", **arrays)
    return folder / "my.npz"


def test_embedded_with_the_default_split(tmp_path: Path) -> None:
    data = loaded(tmp_path, "data: {source: embedded}\n")
    assert data.validation is not None and data.test is not None
    assert (len(data.train), len(data.validation), len(data.test)) == (9000, 1000, 2000)


def test_no_validation(tmp_path: Path) -> None:
    data = loaded(tmp_path, "data: {source: embedded, validation: null}\n")
    assert data.validation is None and len(data.train) == 10_000


def test_npz_with_every_key(tmp_path: Path) -> None:
    path = saved(tmp_path, a=X, b=X * 2, c=X[:3], d=X[:3] * 2)
    data = loaded(
        tmp_path,
        f"data: {{source: npz, path: '{path}', x_train: a, y_train: b, x_test: c, y_test: d,"
        " task: regression, validation: {size: 5, from: start}}\n",
    )
    assert data.validation is not None and data.test is not None
    assert data.validation.x.tolist() == X[:5].tolist() and data.train.y.tolist() == (X[5:] * 2).tolist()
    assert (data.task, data.outputs, len(data.test)) == ("regression", 2, 3)


def test_paths_start_from_the_working_folder_or_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    saved(tmp_path, x_train=X, y_train=Y)
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    for path in ("my.npz", "~/my.npz"):
        assert loaded(tmp_path / "elsewhere", f"data: {{source: npz, path: {path}}}\n").name == "my"


def test_idx_with_class_names(tmp_path: Path) -> None:
    for name, array in (("images-idx2", X.astype(np.uint8)), ("labels-idx1", Y.astype(np.uint8))):
        header = bytes([0, 0, 8, array.ndim]) + np.array(array.shape, ">u4").tobytes()
        (tmp_path / f"train-{name}-ubyte").write_bytes(header + array.tobytes())
    data = loaded(tmp_path, f"data: {{source: idx, directory: '{tmp_path}', classes: [even, odd]}}\n")
    assert (data.classes, data.name, data.test) == (("even", "odd"), tmp_path.name, None)


def test_synthetic_data_and_split_take_the_config_s_seed_unless_they_have_one(tmp_path: Path) -> None:
    def parts(seed: int, rest: str) -> tuple[str, bytes]:
        text = f"seed: {seed}\ndata: {{source: synthetic, kind: circles, {rest}}}\n"
        data = loaded(tmp_path, text)
        assert data.validation is not None
        return data.fingerprint, data.validation.x.tobytes()

    split = "validation: {fraction: 0.1, from: random}"
    assert parts(1, split) == parts(1, split)
    assert parts(1, split)[0] != parts(2, split)[0]
    own = "seed: 5, validation: {fraction: 0.1, from: random, seed: 6}"
    assert parts(1, own) == parts(2, own)
    assert parts(1, f"seed: 5, {split}")[1] != parts(2, f"seed: 5, {split}")[1]


def test_synthetic_with_every_key(tmp_path: Path) -> None:
    data = loaded(
        tmp_path,
        "data: {source: synthetic, kind: gaussian_mixture, samples: 50, test_samples: 7, features: 3,"
        " num_classes: 4, noise: 0.0, classes: [a, b, c, d]}\n",
    )
    assert data.test is not None
    assert (data.input_shape, data.classes, len(data.test)) == ((3,), ("a", "b", "c", "d"), 7)
    assert len(np.unique(data.train.x, axis=0)) == 4


def test_tfds_that_is_not_prepared(tmp_path: Path) -> None:
    text = f"data: {{source: tfds, name: fashion_mnist, directory: '{tmp_path}'}}\n"
    with pytest.raises(DataError, match=r"config\.yaml:2:\d+: tfds fashion_mnist: expected prepared data in"):
        loaded(tmp_path, text)


@pytest.mark.parametrize(
    ("rest", "place", "message"),
    [
        ("path: none.npz", "4:9", "none.npz: expected an .npz file. There is none; check the path."),
        ("path: my.npz\n  y_train: z", "4:9", "my.npz: expected an array 'z'."),
        (
            "path: my.npz\n  classes: [a, b, c]\n  validation: {size: 20}",
            "6:15",
            "validation must leave training samples: there are 20. Received: size 20, which leaves zero",
        ),
    ],
)
def test_errors_start_with_the_place_in_the_config(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rest: str, place: str, message: str
) -> None:
    saved(tmp_path, x_train=X, y_train=Y)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(DataError, match=re.escape(f"config.yaml:{place}: {message}")):
        loaded(tmp_path, f"data:\n  source: npz\n  {rest}\n")


@pytest.mark.parametrize(
    ("select", "message"),
    [
        (
            "classes: [0, dog]",
            "config.yaml:5:25: `data.select.classes[1]` must be a class of the data, by name or index. Received: dog.",
        ),
        (
            "train_samples: 19",
            "config.yaml:5:27: `data.select.train_samples` must be at most 18, the samples there are to train on. "
            "Received: 19.",
        ),
        (
            "merge: {all: [0, 1]}",
            "config.yaml:5:12: `data.select.merge` must leave two classes at least. Received: all.",
        ),
    ],
)
def test_what_only_the_data_can_refuse_points_to_its_key(tmp_path: Path, select: str, message: str) -> None:
    path = saved(tmp_path, x_train=X, y_train=Y)
    with pytest.raises(DataError, match=re.escape(message)):
        loaded(tmp_path, f"data:\n  source: npz\n  path: '{path}'\n  select: {{{select}}}\n")


def test_selection_follows_the_split(tmp_path: Path) -> None:
    path = saved(tmp_path, x_train=X, y_train=np.arange(20) % 4)
    data = loaded(
        tmp_path,
        f"data:\n  source: npz\n  path: '{path}'\n  scale: none\n  validation: {{size: 6, from: start}}\n"
        "  select: {classes: [3, 1], train_samples: 2}\n",
    )
    assert data.validation is not None
    # Sample n starts with the number 2n; of the first six, 1, 3 and 5 are of class 1 or 3, after them 7 and 9.
    assert (data.validation.x[:, 0].tolist(), data.validation.y.tolist()) == ([2, 6, 10], [1, 0, 1])
    assert (data.train.x[:, 0].tolist(), data.train.y.tolist(), data.classes) == ([14, 18], [0, 1], ("3", "1"))


def test_a_default_split_that_fails_points_to_the_source(tmp_path: Path) -> None:
    path = saved(tmp_path, x_train=X[:4], y_train=Y[:4])
    expected = r"config\.yaml:2:16: validation must take at least one of the 4 training samples"
    with pytest.raises(DataError, match=expected):
        loaded(tmp_path, f"data: {{source: npz, path: '{path}'}}\n")


def test_a_refusal_keeps_its_kind_and_so_its_exit_code(tmp_path: Path) -> None:
    path = saved(tmp_path, x_train=X.astype(object), y_train=Y)
    with pytest.raises(UntrustedError, match=r"config\.yaml:2:\d+: .*`x_train` must hold numbers") as caught:
        loaded(tmp_path, f"data: {{source: npz, path: '{path}'}}\n")
    assert caught.value.exit_code == 10
