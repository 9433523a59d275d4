"""Everything that docs/export.md shows runs, in order."""

import json
import re
import shlex
from pathlib import Path

import numpy as np
import pytest

from piste.cli import main
from piste.pipelines.config.load import load_config
from piste.pipelines.data.load import load_data
from piste.pipelines.train import train

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


@pytest.mark.slow
def test_the_commands_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(tmp_path)
    config = load_config("quickstart", ["training.epochs=1", "export.verify=false"])
    train(config, Path("runs/first"))
    data = load_data(config)
    assert data.test is not None
    np.save("pixels.npy", data.test.x[:3])
    blocks = re.findall(r"^```console\n(.*?)^```", PAGE, re.M | re.S)
    commands = [line.removeprefix("$ piste ") for block in blocks for line in block.splitlines()]
    assert len(commands) == 4
    for command in commands:
        assert main(shlex.split(command)) == 0, capsys.readouterr().err
    printed = capsys.readouterr().out.splitlines()
    (shown,) = re.findall(r"^```json\n(.*?)^```", PAGE, re.M | re.S)
    assert [list(json.loads(line)) for line in printed[-6:]] == [list(json.loads(shown))] * 6
    assert Path("small/litert_int8/model.tflite").is_file()
