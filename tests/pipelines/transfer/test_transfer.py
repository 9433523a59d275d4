"""Weights go where the config says, all of them or none."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from piste.pipelines.build import build
from piste.pipelines.config.config import Config
from piste.pipelines.config.load import load_config
from piste.pipelines.errors import ConfigError, DataError, UntrustedError
from piste.pipelines.train import train
from piste.pipelines.transfer.transfer import transfer

save: Any = np.savez  # its stubs know no arrays by name

CONFIG = """seed: 3
data: {source: synthetic, kind: circles, samples: 64, test_samples: 16}
model: {type: mlp, hidden: [4, 3], activation: tanh}
training: {epochs: 1}
export: {formats: []}
"""


def config_of(folder: Path, *overrides: str) -> Config:
    (folder / "net.yaml").write_text(CONFIG)
    return load_config(folder / "net.yaml", overrides)


def arrays(scale: float = 1.0) -> dict[str, np.ndarray]:
    shapes = {"dense_1/kernel": (2, 4), "dense_1/bias": (4,), "dense_2/kernel": (4, 3), "dense_2/bias": (3,)}
    return {name: scale * np.arange(np.prod(shape), dtype="float32").reshape(shape) for name, shape in shapes.items()}


def test_arrays_from_another_framework_give_the_outputs_worked_by_hand(tmp_path: Path) -> None:
    # The book's first edition: [10, 11] times [[1, 2, 3], [4, 5, 6]] plus [7, 8, 9] is [61, 83, 105].
    text = """data: {source: synthetic, kind: regression, features: 2, scale: none}
model: {layers: [{type: dense, units: 3, name: given}, {type: dense, units: 1}]}
transfer: {weights: given.npz, layers: [given]}
""".replace("given.npz", str(tmp_path / "given.npz"))
    (tmp_path / "net.yaml").write_text(text)
    kernel, bias = np.array([[1.0, 2, 3], [4, 5, 6]]), np.array([7.0, 8, 9])
    save(tmp_path / "given.npz", **{"given/kernel": kernel, "given/bias": bias})
    config = load_config(tmp_path / "net.yaml")
    model = build(config)
    assert transfer(config, model) == ["given"]
    given = np.asarray(model.get_layer("given")(np.array([[10.0, 11.0]], "float32")))
    np.testing.assert_array_equal(given, [[61.0, 83.0, 105.0]])


def test_a_run_gives_its_hidden_layers(tmp_path: Path) -> None:
    run = train(config_of(tmp_path), tmp_path / "source")
    theirs = run.model()
    config = config_of(tmp_path, f"transfer={{run: {run.folder}}}", "seed=4", "model.activation=elu")
    mine = build(config)
    head = [np.array(weight) for weight in mine.get_layer("head").weights]
    assert not np.array_equal(mine.get_layer("dense_1").kernel, theirs.get_layer("dense_1").kernel)
    assert transfer(config, mine) == ["dense_1", "dense_2"]
    for name in ("dense_1", "dense_2"):
        for weight, given in zip(mine.get_layer(name).weights, theirs.get_layer(name).weights, strict=True):
            np.testing.assert_array_equal(weight, given)
    for weight, before in zip(mine.get_layer("head").weights, head, strict=True):
        np.testing.assert_array_equal(weight, before)


def test_a_map_renames(tmp_path: Path) -> None:
    given = {name.replace("dense_1", "tower_a"): value for name, value in arrays(0.5).items()}
    save(tmp_path / "given.npz", **given)
    config = config_of(tmp_path, f"transfer={{weights: {tmp_path}/given.npz, layers: {{dense_1: tower_a}}}}")
    model = build(config)
    assert transfer(config, model) == ["dense_1"]
    np.testing.assert_array_equal(model.get_layer("dense_1").kernel, given["tower_a/kernel"])


def test_nothing_is_assigned_when_one_weight_does_not_fit(tmp_path: Path) -> None:
    given = arrays() | {"dense_2/kernel": np.zeros((4, 5), "float32"), "dense_2/gamma": np.zeros(3, "float32")}
    del given["dense_2/bias"]
    save(tmp_path / "given.npz", **given)
    config = config_of(tmp_path, f"transfer={{weights: {tmp_path}/given.npz}}")
    model = build(config)
    before = [np.array(weight) for weight in model.weights]
    with pytest.raises(ConfigError) as error:
        transfer(config, model)
    assert str(error.value).startswith("--set 1: Weights must have the shapes of the layers that take them. ")
    for words in (
        "dense_2/bias is not there",
        "dense_2/gamma is not wanted",
        "dense_2/kernel has shape (4, 5), not (4, 3)",
    ):
        assert words in str(error.value)
    for weight, old in zip(model.weights, before, strict=True):
        np.testing.assert_array_equal(weight, old)


def test_twenty_mismatches_are_named(tmp_path: Path) -> None:
    text = f"data: {{source: synthetic, kind: circles}}\nmodel: {{type: mlp, hidden: {[3] * 12}}}\n"
    (tmp_path / "net.yaml").write_text(text + f"transfer: {{weights: {tmp_path}/given.npz}}\n")
    wrong = {f"dense_{i}/{name}": np.zeros(9) for i in range(1, 13) for name in ("kernel", "bias")}
    save(tmp_path / "given.npz", **wrong)
    config = load_config(tmp_path / "net.yaml")
    with pytest.raises(ConfigError, match=r"dense_10/bias has shape .*; and 4 more. Leave these layers out") as error:
        transfer(config, build(config))
    assert str(error.value).count("has shape") == 20


def test_layers_that_are_missing_there(tmp_path: Path) -> None:
    save(tmp_path / "given.npz", **{"dense_2/kernel": np.zeros((4, 3))})
    config = config_of(tmp_path, f"transfer={{weights: {tmp_path}/given.npz}}")
    with pytest.raises(ConfigError, match=r"none of dense_1, only of dense_2. Did you mean `dense_2`\?"):
        transfer(config, build(config))


def test_files_are_hostile_until_parsed(tmp_path: Path) -> None:
    config = config_of(tmp_path, f"transfer={{weights: {tmp_path}/given.npz}}")
    model: Any = build(config)
    with pytest.raises(DataError, match=r"expected an .npz file"):
        transfer(config, model)
    save(tmp_path / "given.npz", kernel=np.zeros(3))
    with pytest.raises(DataError, match=r"must be named LAYER/WEIGHT, as in dense_1/kernel. Received: 'kernel'"):
        transfer(config, model)
    save(tmp_path / "given.npz", **{"dense_1/kernel": np.array([{}], dtype=object)})
    with pytest.raises(UntrustedError):
        transfer(config, model)


@pytest.mark.parametrize("section", ["{}", "{run: a, weights: b.npz}", "{layers: [dense_1]}"])
def test_a_run_or_a_file(tmp_path: Path, section: str) -> None:
    with pytest.raises(ConfigError, match="`transfer` must give `run` or `weights`, one of the two"):
        config_of(tmp_path, f"transfer={section}")
