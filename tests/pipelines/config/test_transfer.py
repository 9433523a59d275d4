"""`transfer.layers` as written in configs: each wrong name is found in its place."""

from pathlib import Path
from typing import Any

import pytest

from piste.pipelines.config.load import load_config
from piste.pipelines.config.problems import ConfigProblems

TEXT = """extends: quickstart
transfer:
  run: runs/first
  layers: {layers}
"""


def layers(tmp_path: Path, written: str) -> Any:
    path = tmp_path / "net.yaml"
    path.write_text(TEXT.replace("{layers}", written))
    return load_config(path).value("transfer.layers")


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("[dense_1, 'conv_*', 2, -1, '3']", ["dense_1", "conv_*", 2, -1, "3"]),
        ("{dense_1: left_dense_1, dense_2: '5'}", {"dense_1": "left_dense_1", "dense_2": "5"}),
        ("null", None),
    ],
)
def test_every_form(tmp_path: Path, written: str, read: Any) -> None:
    assert layers(tmp_path, written) == read


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("dense_1", ["4:11: error: `transfer.layers` must be a list of layers, or a map from this model's layers"]),
        ("[]", ["4:11: error: `transfer.layers` must be a list of layers"]),
        ("[a, [b], {}]", ["4:15: error: `transfer.layers[1]` must be a text", "`transfer.layers[2]` must be a text"]),
        ("{a: b, c: [d], e: {}}", ["4:21: error: `transfer.layers.c` must be a text", "`transfer.layers.e` must be"]),
    ],
)
def test_what_is_wrong(tmp_path: Path, written: str, words: list[str]) -> None:
    with pytest.raises(ConfigProblems) as caught:
        layers(tmp_path, written)
    assert len(caught.value.problems) == len(words)
    for problem, says in zip(caught.value.problems, words, strict=True):
        assert says in f"{problem.origin.line}:{problem.origin.column}: error: {problem.message}"
