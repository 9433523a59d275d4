"""Everything that docs/export.md shows runs, in order."""

import re
from pathlib import Path

import pytest

from piste.pipelines.config.load import load_config

PAGE = (Path(__file__).parents[3] / "docs" / "export.md").read_text(encoding="utf-8")


def test_the_python_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(tmp_path)
    blocks = re.findall(r"^```python\n(.*?)^```", PAGE, re.M | re.S)
    assert len(blocks) == 2
    for block in blocks:
        exec(compile(block, "docs/export.md", "exec"), {"__name__": "shown"})
    printed = capsys.readouterr().out.splitlines()
    assert printed[0] == "{'dtype': 'string', 'shape': [None]}"
    assert printed[1].startswith(("[b'dark']", "[b'light']"))


def test_the_yaml_is_valid(tmp_path: Path) -> None:
    (block,) = re.findall(r"^```yaml\n(.*?)^```", PAGE, re.M | re.S)
    file = tmp_path / "page.yaml"
    file.write_text(f"data: {{source: embedded}}\nmodel: {{type: mlp}}\n{block}", encoding="utf-8")
    assert load_config(file).export.formats == ("saved_model",)
