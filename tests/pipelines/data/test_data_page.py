"""Everything that docs/data.md shows: its YAML checks, its Python runs and its data loads."""

import doctest
import re
from pathlib import Path

import pytest

from piste.models import zoo
from piste.pipelines.config.load import load_config
from piste.pipelines.data import register
from piste.pipelines.data.load import load_data

PAGE = Path(__file__).parents[3] / "docs" / "data.md"
TEXT = PAGE.read_text(encoding="utf-8")
YAML = re.findall(r"^```yaml\n(.*?)^```", TEXT, re.DOTALL | re.MULTILINE)
LOADED = {"source: csv": 400, "source: embedded": 10_000, "source: npz": 500, "source: synthetic": 2000}


def test_the_page_shows_every_source() -> None:
    shown = re.findall(r"^  source: (\w+)", "".join(YAML), re.MULTILINE)
    assert sorted(shown) == [
        "csv",
        "embedded",
        "idx",
        "image_folder",
        "image_folder",
        "keras",
        "npz",
        "synthetic",
        "tfds",
        "tfrecord",
    ]


def test_what_the_page_shows_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert doctest.testfile(str(PAGE), module_relative=False).failed == 0
    register._BY_NAME.clear()
    zoo._BY_NAME.pop("two_layers")
    for block in YAML:
        Path("page.yaml").write_text(f"model: {{type: mlp, hidden: [4]}}\n{block}", encoding="utf-8")
        config = load_config("page.yaml")
        for source, samples in LOADED.items():
            if source in block:
                data = load_data(config)
                assert (
                    len(data.train) + len(data.validation or ()) + ("csv" in source) * len(data.test or ()) == samples
                )
