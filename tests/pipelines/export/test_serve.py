"""A clean process that dies is reported, not waited for."""

from pathlib import Path

import numpy as np
import pytest

from piste.pipelines.export import serve
from piste.pipelines.export.serve import serve_in_clean_process

SAMPLES = np.zeros((1, 2), np.float32)


def test_a_process_that_dies_leaves_its_last_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script = tmp_path / "script.py"
    script.write_text("import sys\nprint('first', file=sys.stderr)\nsys.exit('out of memory')\n")
    monkeypatch.setattr(serve, "SCRIPT", script)
    answers = serve_in_clean_process([(tmp_path, SAMPLES, {}), (tmp_path, SAMPLES, {})])
    assert [answer.error for answer in answers] == ["the process ended with code 1: out of memory"] * 2


def test_what_was_served_before_the_end_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script = tmp_path / "script.py"
    script.write_text(
        "import os, pathlib, sys\n"
        "folder = pathlib.Path(sys.argv[1]) / '000000'\n"
        "(folder / 'result.json').write_text('{\"error\": \"damaged\"}')\n"
        "os._exit(7)\n"
    )
    monkeypatch.setattr(serve, "SCRIPT", script)
    answers = serve_in_clean_process([(tmp_path, SAMPLES, {}), (tmp_path, SAMPLES, {})])
    assert [answer.error for answer in answers] == ["damaged", "the process ended with code 7: no message"]


def test_the_process_is_isolated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither the current folder nor PYTHONPATH can put another module in its way."""
    (tmp_path / "json.py").write_text("raise SystemExit('mine')")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    folder = tmp_path / "scripts"
    folder.mkdir()
    (folder / "script.py").write_text("import json, os, sys\nsys.exit(os.environ['CUDA_VISIBLE_DEVICES'])\n")
    monkeypatch.setattr(serve, "SCRIPT", folder / "script.py")
    assert serve_in_clean_process([(tmp_path, SAMPLES, {})])[0].error == "the process ended with code 1: -1"
