"""The experiments of chapter 11: every config there, as large as the book's nets, warned of as it should be, trained.

Their data sets are not on every machine: synthetic images of the same shapes and names stand in for them here.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import piste
from piste.pipelines.build import build
from piste.pipelines.config.config import Config
from piste.pipelines.config.lint.lint import lint
from piste.pipelines.config.load import load_config
from piste.pipelines.config.shipped import shipped
from piste.pipelines.data import read
from piste.pipelines.data.assemble import assemble
from piste.pipelines.data.dataset import Data
from piste.pipelines.data.embedded.classes import FASHION_MNIST_CLASSES

NAMES = [name.removeprefix("chapter11/") for name in shipped() if name.startswith("chapter11/")]
BASES = ["cifar10", "first_edition", "first_edition_digits", "first_edition_few", "second_edition", "third_edition"]
SAMPLES = {"mnist": 55_000, "fashion_mnist": 55_000, "cifar10": 45_000}  # without the 5,000 to validate on
SHAPES = {"mnist": (28, 28, 1), "fashion_mnist": (28, 28, 1), "cifar10": (32, 32, 3)}

# Weights by hand, and how many of them are moving statistics; a dense layer of m after n units has (n + 1) m.
COUNTS = {
    "first_edition second_edition r1e_01 r1e_02": (266_610, 0),  # 785 300 + 301 100 + 101 10
    "r2e_01 r2e_10 r2e_11 r2e_12 r2e_13 r2e_14 r2e_15 r2e_16 r2e_17 r2e_18 r2e_19 r2e_20 r2e_21 r2e_22": (266_610, 0),
    "r1e_03": (267_840, 820),  # 784 300 + 300 100 + 100 10 + 4 (300 + 100 + 10), two in four of these moving
    "r1e_04 r1e_05": (258_710, 0),  # 785 300 + 301 50 + 3 * 51 50 + 51 10
    "r1e_06 r1e_07 r1e_08 r1e_09": (254_330, 0),  # 785 300 + 301 50 + 51 50 + 51 20 + 21 10
    "r1e_10 r1e_12 r1e_13 r1e_14 r1e_15": (251_060, 0),  # 785 300 + 301 50 + 51 10
    "r1e_11": (238_510, 0),  # 785 300 + 301 10
    "first_edition_digits r1e_17": (119_405, 0),  # 785 100 + 4 * 101 100 + 101 5
    "r1e_18 r1e_22 r1e_24 r1e_25": (103_865, 0),  # 785 90 + 4 * 91 90 + 91 5
    "r1e_19": (189_565, 0),  # 785 140 + 4 * 141 140 + 141 5
    "r1e_20": (105_665, 900),  # as R1E-18, and 5 * 4 * 90
    "r1e_21": (232_645, 1_600),  # as R1E-23, and 5 * 4 * 160
    "r1e_23": (229_445, 0),  # 785 160 + 4 * 161 160 + 161 5
    "r1e_26 r1e_27 r1e_28": (95_675, 0),  # 785 90 + 3 * 91 90 + 91 5
    "first_edition_few r1e_29": (109_305, 0),  # 785 100 + 3 * 101 100 + 101 5
    "r1e_30": (239_821, 0),  # 2 (785 100 + 4 * 101 100) + 201 10 + 11
    "r1e_31 r1e_32": (119_910, 0),  # 785 100 + 4 * 101 100 + 101 10
    "r2e_02": (267_010, 0),  # 266,610 and a slope for each of 400 units
    "r2e_03 r2e_04": (1_256_410, 0),  # 785 300 + 301 100 + 98 * 101 100 + 101 10
    "r2e_05 r3e_03": (271_346, 2_368),  # 266,610 + 4 (784 + 300 + 100); the figures that the notebooks print
    "r2e_06": (270_946, 2_368),  # the same without the biases of 400 units
    "r2e_07": (276_158, 0),  # 785 300 + 301 100 + 101 50 + 2 * 51 50 + 51 8
    "r2e_08 r2e_09": (275_801, 0),  # one unit at the end: 51
    "cifar10 r2e_23ab r2e_23d r2e_23e r2e_23f": (500_210, 0),  # 3,073 100 + 19 * 101 100 + 101 10
    "r3e_29ab r3e_29d r3e_29e r3e_29f": (500_210, 0),
    "r2e_23c": (520_498, 10_144),  # 500,210 + 4 (3,072 + 20 * 100)
    "r3e_29c": (508_210, 4_000),  # 500,210 + 4 * 20 * 100
    "r3e_29c_batch_norm_corrected": (506_210, 4_000),  # the same without 2,000 biases
    "third_edition r3e_08 r3e_09 r3e_10 r3e_11 r3e_12 r3e_13 r3e_14 r3e_15": (
        99_710,
        0,
    ),  # 785 100 + 2 * 101 100 + 101 10
    "r3e_16 r3e_17 r3e_18 r3e_19 r3e_20 r3e_21 r3e_22 r3e_23 r3e_24": (99_710, 0),  # 785 100 + 2 * 101 100 + 101 10
    "r3e_01 r3e_02": (1_079_410, 0),  # 785 100 + 99 * 101 100 + 101 10
    "r3e_04": (267_810, 800),  # 784 300 + 300 100 + 101 10 + 4 (300 + 100)
    "r3e_05": (99_508, 0),  # 785 100 + 2 * 101 100 + 101 8
    "r3e_06 r3e_07": (98_801, 0),  # one unit at the end: 101
    "r3e_25 r3e_26 r3e_27 r3e_28": (89_610, 0),  # 785 100 + 101 100 + 101 10; the figure that the notebook prints
}
FAMILIES = [
    "r1e_09_cache_frozen",
    "r1e_20_batch_norm",
    "r2e_09_model_b_on_a",
    "r2e_17_one_cycle_corrected",
]


@cache
def _synthetic(name: str, samples: int) -> Data:
    """Returns images of noise with labels 0, 1, ..., 9, 0, ... under a data set's name."""
    rng = np.random.default_rng(0)

    def synthetic_pair(count: int) -> tuple[np.ndarray, np.ndarray]:
        return rng.integers(0, 256, (count, *SHAPES[name]), dtype=np.uint8), np.arange(count) % 10

    classes = FASHION_MNIST_CLASSES if name == "fashion_mnist" else tuple("0123456789")
    pairs = synthetic_pair(samples), synthetic_pair(100)
    return assemble(name, "classification", *pairs, where="synthetic images", classes=classes)


def _use_synthetic(patch: pytest.MonkeyPatch, samples: int) -> None:
    def load_synthetic(name: str, **_: Any) -> Data:
        return _synthetic(name, samples)

    patch.setattr(read, "load_tfds", load_synthetic)


def _config(name: str, overrides: Sequence[str] = ()) -> Config:
    return load_config(f"chapter11/{name}", overrides)


def _count(name: str) -> tuple[int, int]:
    """Returns the row that has the name, or else its id."""
    experiment = name if name in BASES else "_".join(name.split("_")[:2])
    rows = {key: counts for keys, counts in COUNTS.items() for key in keys.split()}
    return rows.get(name, rows[experiment])


def test_every_experiment_has_a_config() -> None:
    numbers = {"1": [*range(1, 16), *range(17, 33)], "2": range(1, 23), "3": range(1, 29)}
    wanted = {f"r{edition}e_{number:02d}" for edition, series in numbers.items() for number in series}
    wanted |= {exercise + part for exercise in ("r2e_23", "r3e_29") for part in ("ab", "c", "d", "e", "f")}
    assert {"_".join(name.split("_")[:2]) for name in NAMES if name not in BASES} == wanted
    assert len(wanted) == 31 + 27 + 33
    assert [name for name in BASES if name in NAMES] == BASES


@pytest.mark.parametrize("name", NAMES)
def test_silenced_are_exactly_the_warnings_there_are(name: str) -> None:
    config = _config(name)
    samples = SAMPLES[getattr(config.data, "name", "")]
    found = {warning.rule for warning in lint(replace(config, silence=()), -(-samples // config.data.batch_size))}
    assert found == set(config.silence)


@pytest.mark.parametrize("name", [name for name in NAMES if name.endswith("_corrected")])
def test_a_corrected_config_differs_from_a_faithful_one(name: str) -> None:
    stem = "r3e_08_momentum" if name == "r3e_08_sgd_corrected" else name.removesuffix("_corrected")
    corrected, faithful = _config(name), _config(stem)
    assert (corrected.data, corrected.model, corrected.training) != (faithful.data, faithful.model, faithful.training)


@pytest.mark.parametrize("name", [name for name in NAMES if _config(name).transfer is not None])
def test_what_is_transferred_comes_from_a_config_that_the_comment_names(name: str) -> None:
    transfer = _config(name).transfer
    assert transfer is not None and transfer.run is not None
    source = re.fullmatch(r"runs/(\w+)-001", transfer.run)
    assert source is not None and source[1] in NAMES
    assert f"# Needs {source[1]} in {transfer.run};" in shipped()[f"chapter11/{name}"].read_text("utf-8")


def test_each_builds_with_the_weights_worked_by_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    _use_synthetic(monkeypatch, 1_500)
    built: dict[str, tuple[int, int]] = {}
    for name in NAMES:
        config = _config(name, ["data.validation.size=500"])
        alike = repr((config.data, config.model))  # many differ only in how they are trained
        if alike not in built:
            layers = [layer for layer in build(config).layers if layer.name != "scale"]
            every = [weight for layer in layers for weight in layer.weights]
            still = [weight for layer in layers for weight in layer.non_trainable_weights]
            built[alike] = (_size(every), _size(still))
        assert built[alike] == _count(name), name


def _size(weights: list[Any]) -> int:
    return sum(int(np.prod(weight.shape)) for weight in weights)


class Runs:
    """Trains an epoch of each config that is asked for, once, after the one that it takes weights from."""

    def __init__(self) -> None:
        self.done: dict[str, piste.Run] = {}

    def of(self, name: str) -> piste.Run:
        if name not in self.done:
            config = _config(name)
            if config.transfer is not None and config.transfer.run is not None:
                self.of(config.transfer.run.removeprefix("runs/").removesuffix("-001"))
            stages = config.training.stages or ()
            short = [f"training.stages[{index}].epochs=1" for index in range(len(stages))] or ["training.epochs=1"]
            few = ["data.validation.size=500", "export.formats=[]", "health=false", *short]
            self.done[name] = piste.train(_config(name, few), Path("runs") / f"{name}-001")
        return self.done[name]


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runs]:
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path_factory.mktemp("chapter11"))
        _use_synthetic(patch, 1_500)  # 1,000 to train on, 100 of each class
        yield Runs()


@pytest.mark.parametrize(
    "name", [*FAMILIES, *(pytest.param(name, marks=pytest.mark.slow) for name in NAMES if name not in FAMILIES)]
)
def test_it_trains(name: str, runs: Runs) -> None:
    run = runs.of(name)
    assert len(run.history) == len(run.config.training.stages or "1")
    assert all(np.isfinite(epoch["val_loss"]) for epoch in run.history)
    transferred = run.environment.get("transferred", [])
    assert bool(transferred) == (run.config.transfer is not None)
