"""Pairs are drawn by seed, half of them of one class, and targets may be the inputs."""

from pathlib import Path

import numpy as np
import pytest

from piste.pipelines.config.load import load_config
from piste.pipelines.config.problems import ConfigProblems
from piste.pipelines.data.dataset import Arrays, Data
from piste.pipelines.data.load import load_data
from piste.pipelines.data.pairs import make_pairs
from piste.pipelines.data.reconstruct import reconstruct
from piste.pipelines.errors import DataError
from piste.pipelines.train import train

CONFIG = """seed: 3
data: {source: synthetic, kind: gaussian_mixture, samples: 200, test_samples: 40, features: 4, num_classes: 3}
model: {type: mlp, hidden: [8]}
training: {epochs: 1}
export: {verify: false}
"""


def labelled(n: int = 300, classes: int = 4) -> Data:
    # Each sample holds its own label, so that a pair's inputs tell its classes.
    y = np.sort(np.arange(n, dtype="int32") % classes)[::-1].copy()
    part = Arrays(y[:, np.newaxis].astype("float32"), y)
    return Data("made", "classification", part, part, None, tuple("abcd"[:classes]), "00")


def test_labels_say_whether_both_are_of_one_class() -> None:
    pairs = make_pairs(labelled(), train=1000, validation=51, seed=5)
    for part, count in ((pairs.train, 1000), (pairs.validation, 51)):
        assert part is not None and part.x.shape == (count, 2, 1)
        same = part.x[:, 0, 0] == part.x[:, 1, 0]
        np.testing.assert_array_equal(part.y, same)
        assert part.y.sum() == (count + 1) // 2
    assert (pairs.classes, pairs.outputs, pairs.test) == (("different", "same"), 2, None)


def test_all_classes_meet_about_equally_often() -> None:
    pairs = make_pairs(labelled(400, 4), train=12_000, seed=1)
    x = pairs.train.x[:, :, 0].astype(int)
    met = np.zeros((4, 4))
    np.add.at(met, (x[:, 0], x[:, 1]), 1)
    # 6,000 pairs of one class over 4 cells, 6,000 of two over 12; 5 standard deviations of a binomial count.
    assert np.abs(np.diag(met) - 1500).max() < 5 * (6000 * 0.25 * 0.75) ** 0.5
    assert np.abs(met[~np.eye(4, dtype=bool)] - 500).max() < 5 * (6000 / 12) ** 0.5


def test_the_seed_decides() -> None:
    first, again, other = (make_pairs(labelled(), train=20, seed=seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first.train.x, again.train.x)
    assert not np.array_equal(first.train.x, other.train.x)
    assert not np.array_equal(first.train.x, make_pairs(labelled(), validation=20, seed=1).validation.x)  # type: ignore[union-attr]


def test_what_has_no_classes_makes_no_pairs() -> None:
    with pytest.raises(DataError, match=r"needs samples of two classes in the train part. Received: those of one"):
        make_pairs(labelled(classes=1))


def test_inputs_as_targets_are_scaled_as_the_model_scales_them() -> None:
    x = np.array([[[0, 51], [255, 102]]], "uint8")
    part = Arrays(x, np.zeros(1, "int32"))
    data = Data("made", "classification", part, None, part, ("a", "b"), "00")
    made = reconstruct(data, "unit")
    np.testing.assert_allclose(made.train.y, [[0.0, 0.2, 1.0, 0.4]], rtol=1e-6)
    np.testing.assert_array_equal(reconstruct(data, "none").train.y, [[0, 51, 255, 102]])
    assert (made.task, made.classes, made.outputs, made.validation) == ("regression", None, 4, None)


@pytest.mark.parametrize(
    ("overrides", "words"),
    [
        (["data.pairs={}", "data.kind=regression", "data.num_classes=2"], "`data.pairs` needs classes to compare"),
        (["data.pairs={}", "data.reconstruct=true", "data.scale=none"], "must not be set together with `data.pairs`"),
        (["data.reconstruct=true"], "`data.reconstruct` needs `data.scale` unit or none"),
        (["data.pairs={train: 0}"], "`data.pairs.train` must be at least 1"),
        (["data.pairs={}", "training.loss=binary_crossentropy"], "needs a model that ends in one sigmoid unit"),
    ],
)
def test_bad_configs(tmp_path: Path, overrides: list[str], words: str) -> None:
    (tmp_path / "net.yaml").write_text(CONFIG)
    with pytest.raises(ConfigProblems, match=words):
        load_config(tmp_path / "net.yaml", overrides)


@pytest.mark.slow
def test_layers_trained_beforehand_on_pairs_and_on_inputs_are_reused(tmp_path: Path) -> None:
    (tmp_path / "net.yaml").write_text(CONFIG)

    def run(name: str, *overrides: str) -> dict[str, np.ndarray]:
        made = train(load_config(tmp_path / "net.yaml", overrides), tmp_path / name)
        return {variable.path: variable.numpy() for variable in made.model().weights}

    towers = "model={type: towers, tower: [8], joint: [4], head: sigmoid}"
    paired = run("pairs", "data.pairs={train: 64, test: 10}", towers)
    assert load_data(load_config(tmp_path / "pairs" / "config.resolved.yaml")).train.x.shape == (64, 2, 4)
    frozen = "training.stages=[{epochs: 1, freeze: [dense_1]}]"
    reused = run("reused", f"transfer={{run: {tmp_path}/pairs, layers: {{dense_1: left_dense_1}}}}", frozen)
    np.testing.assert_array_equal(reused["dense_1/kernel"], paired["left_dense_1/kernel"])
    encoded = run("inputs", "data.reconstruct=true", "data.scale=none")
    assert encoded["head/kernel"].shape == (8, 4)
    decoded = run("decoded", f"transfer={{run: {tmp_path}/inputs}}", frozen)
    np.testing.assert_array_equal(decoded["dense_1/kernel"], encoded["dense_1/kernel"])
