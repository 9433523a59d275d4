"""Damaged configs by the thousand: each loads, or ends in problems with a place; nothing else comes out."""

import random
from collections.abc import Callable
from pathlib import Path

import pytest

from piste.pipelines.config.config import Config
from piste.pipelines.config.load import load_config
from piste.pipelines.config.problems import ConfigProblems
from piste.pipelines.config.shipped import shipped

Load = Callable[..., Config]

PIECES = (
    "&a |*a|!x |[|]|{|}|: |- |\n|  |'|\"|>|null|~|1e999|<<: |? |é|#|%|---\n|true|0|-1|9999999999999999999|,|=|@|layers"
)
VALUES = ["", "[]", "{}", "[[1]]", "{a: 1}", "text", "0", "-1", "1e-3", "1e999", "true", "'5'", "99999999999999999999"]
BASES = {
    "embedded": "data: {source: embedded}\nmodel: {type: mlp}\n",
    "tfds": "data: {source: tfds, name: mnist}\nmodel: {type: cnn}\n",
    "idx": "data: {source: idx, directory: x}\nmodel: {type: cnn}\n",
    "npz": "data: {source: npz, path: x}\nmodel: {type: mlp}\ntraining: {early_stopping: {monitor: loss}}\n",
    "csv": "data: {source: csv, path: x, target: y, test: {size: 3}}\nmodel: {type: mlp}\n",
    "image_folder": "data: {source: image_folder, directory: x, size: [2, 2]}\nmodel: {type: cnn}\n",
    "tfrecord": "data: {source: tfrecord, path: x, features: {x: {}, y: {shape: [2]}}}\nmodel: {type: mlp}\n",
    "synthetic": "data: {source: synthetic, kind: regression}\nmodel: {layers: [{type: dense, units: 1}]}\n",
}


@pytest.mark.parametrize("seed", range(4))
def test_damaged_files(seed: int, tmp_path: Path) -> None:
    rng = random.Random(seed)
    texts = [path.read_bytes() for path in shipped().values()]
    (tmp_path / "base.yaml").write_bytes(shipped()["fashion_mnist/base"].read_bytes())
    path = tmp_path / "net.yaml"
    outcomes = set()
    for _ in range(150):
        path.write_bytes(_damaged(rng, rng.choice(texts)))
        outcomes.add(_outcome(path))
    assert outcomes == {"valid", "refused"}


def _damaged(rng: random.Random, text: bytes) -> bytes:
    data = bytearray(text)
    for _ in range(rng.randint(1, 3)):
        start = rng.randrange(len(data))
        end = min(len(data), start + rng.randint(0, 8))
        piece = rng.choice(PIECES.split("|")).encode()
        data[start:end] = rng.choice([piece, b"", bytes([rng.randrange(256)])])
    return bytes(data)


def _outcome(path: Path) -> str:
    try:
        load_config(path)
    except ConfigProblems as error:
        assert all(problem.origin.line >= 1 and problem.origin.column >= 1 for problem in error.problems)
        assert str(error)
        return "refused"
    return "valid"


@pytest.mark.parametrize("source", BASES)
def test_every_key_with_every_kind_of_value(source: str, load: Load) -> None:
    config = load(BASES[source])
    for key in config.every_key():
        refused = 0
        for value in VALUES:
            try:
                changed = load(BASES[source], f"{key}={value}")
            except ConfigProblems as error:
                refused += 1
                assert error.problems
            else:
                assert load(changed.yaml()) == changed
        assert refused >= 2, key


def test_odd_override_texts(load: Load) -> None:
    rng = random.Random(0)
    for _ in range(300):
        text = "".join(rng.choice("model.hidden[0]=seed:{}, \"'\t\x00\u6f22&*!") for _ in range(rng.randint(0, 20)))
        with pytest.raises(ConfigProblems):
            load(BASES["embedded"], text)
