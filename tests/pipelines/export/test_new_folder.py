"""A folder is whole or absent, also where a process is killed half-way."""

import subprocess
import sys
from pathlib import Path

import pytest

from piste.pipelines.errors import DiskError, RunFolderError
from piste.pipelines.export.new_folder import new_folder

KILLED = """
import os, pathlib, signal, sys
import piste.pipelines.export.new_folder as whole

def kill(*arguments):
    os.kill(os.getpid(), signal.SIGKILL)

moment, place = sys.argv[1], pathlib.Path(sys.argv[2])
if moment == "before the move":
    pathlib.Path.rename = kill
if moment == "writing through":
    whole.write_through = kill
with whole.new_folder(place) as folder:
    (folder / "first").write_text("1")
    if moment == "writing":
        kill()
    (folder / "second").write_text("2")
print("moved")
"""


def _export(moment: str, place: Path) -> int:
    return subprocess.run(
        [sys.executable, "-c", KILLED, moment, str(place)], check=False, capture_output=True
    ).returncode


@pytest.mark.parametrize("moment", ["writing", "writing through", "before the move"])
def test_a_killed_process_leaves_nothing_that_looks_whole(moment: str, tmp_path: Path) -> None:
    place = tmp_path / "export" / "onnx"
    assert _export(moment, place) == -9
    assert [path.name[:12] for path in place.parent.iterdir()] == [".unfinished-"]
    assert _export("never", place) == 0
    assert {path.name for path in place.iterdir()} == {"first", "second"}


def test_what_is_there_is_refused_with_a_way_out(tmp_path: Path) -> None:
    (tmp_path / "onnx").mkdir()
    with (
        pytest.raises(RunFolderError, match=r"does not exist\. Received: .*onnx; remove it, or choose .* `--to`"),
        new_folder(tmp_path / "onnx"),
    ):
        raise AssertionError("refused before anything is written")


def test_what_appears_meanwhile_is_not_replaced(tmp_path: Path) -> None:
    with pytest.raises(RunFolderError), new_folder(tmp_path / "onnx"):
        (tmp_path / "onnx").mkdir()
        (tmp_path / "onnx" / "mine").touch()
    assert [path.name for path in tmp_path.rglob("*")] == ["onnx", "mine"]


def test_a_block_that_fails_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="half"), new_folder(tmp_path / "onnx") as folder:
        (folder / "first").touch()
        raise ValueError("half")
    assert list(tmp_path.iterdir()) == []


def test_a_file_in_the_way_of_the_parents(tmp_path: Path) -> None:
    (tmp_path / "export").write_text("mine")
    with pytest.raises(DiskError, match=r"Cannot write .*export"), new_folder(tmp_path / "export" / "onnx"):
        pass
