"""The command line: exit codes, where output goes, and what a bug or a closed pipe leads to."""

import errno
import subprocess
import sys
from pathlib import Path

import click
import pytest

from piste import cli
from piste.pipelines.errors import ConfigError, DataError, DiskError, PisteError, RunFolderError

Captured = pytest.CaptureFixture[str]


def _raising(error: BaseException, monkeypatch: pytest.MonkeyPatch) -> None:
    @click.command()
    def command() -> None:
        raise error

    monkeypatch.setattr(cli.Commands, "get_command", lambda self, ctx, name: command)


def test_help_lists_every_command(capsys: Captured) -> None:
    assert cli.main(["--help"]) == 0
    out = capsys.readouterr().out
    for name in cli.COMMANDS:
        assert f"\n  {name} " in out


@pytest.mark.parametrize("name", cli.COMMANDS)
def test_every_command_has_help(name: str, capsys: Captured) -> None:
    assert cli.main([name, "--help"]) == 0
    assert f"Usage: piste {name}" in capsys.readouterr().out


def test_version(capsys: Captured) -> None:
    assert cli.main(["--version"]) == 0
    assert capsys.readouterr().out.startswith("piste, version ")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["chek"], "There is no command `chek`. Did you mean `check`?"),
        (["zzz"], "There is no command `zzz`."),
        (["--nope"], "--nope"),
        (["check"], "Missing argument"),
        (["check", "quickstart", "--format", "xml"], "'xml' is not one of 'text', 'json'"),
        (["list", "bananas"], "'bananas' is not one of"),
        ([], "Usage: piste"),
    ],
)
def test_usage_errors_end_with_2_on_stderr(arguments: list[str], words: str, capsys: Captured) -> None:
    assert cli.main(arguments) == 2
    captured = capsys.readouterr()
    assert words in captured.err
    assert captured.out == ""


@pytest.mark.parametrize("error", [ConfigError, DataError, RunFolderError, DiskError, PisteError])
def test_errors_of_the_user_end_with_their_own_code(
    error: type[PisteError], monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    _raising(error("Expected this. Received: that."), monkeypatch)
    assert cli.main(["check"]) == error.exit_code
    assert capsys.readouterr().err == "error: Expected this. Received: that.\n"


def test_a_bug_leaves_its_traceback_in_a_file(
    monkeypatch: pytest.MonkeyPatch, capsys: Captured, tmp_path: Path
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    _raising(ZeroDivisionError("by nothing\nat all"), monkeypatch)
    assert cli.main(["check"]) == 70
    captured = capsys.readouterr()
    (file,) = tmp_path.glob("piste-bug-*.txt")
    assert captured.err == f"error: a bug in Piste: ZeroDivisionError: by nothing. The traceback is in {file}.\n"
    assert "Traceback (most recent call last)" in file.read_text()
    assert captured.out == ""


def test_an_interrupt_ends_with_130(monkeypatch: pytest.MonkeyPatch, capsys: Captured) -> None:
    _raising(KeyboardInterrupt(), monkeypatch)
    assert cli.main(["check"]) == 130
    assert "Traceback" not in capsys.readouterr().err


def test_a_full_disk_ends_with_7(monkeypatch: pytest.MonkeyPatch, capsys: Captured) -> None:
    _raising(OSError(errno.ENOSPC, "No space left on device"), monkeypatch)
    assert cli.main(["check"]) == 7
    assert "the disk is full" in capsys.readouterr().err


def test_another_error_of_the_system_is_a_bug(
    monkeypatch: pytest.MonkeyPatch, capsys: Captured, tmp_path: Path
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    _raising(OSError(errno.EIO, "Input/output error"), monkeypatch)
    assert cli.main(["check"]) == 70


def test_a_closed_pipe_is_left_quietly() -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "piste", "schema"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None and process.stderr is not None
        process.stdout.close()
        errors = process.stderr.read()
        process.wait()
    assert (process.returncode, errors) == (141, b"")


LIGHT = """
import sys
from piste.cli import main
commands = [["--help"], ["check", "quickstart", "fashion_mnist/deep_elu_20"], ["show", "quickstart"],
            ["show", "quickstart", "training.optimizer"], ["schema"], ["list"], ["list", "layers"],
            ["moments", "--help"], ["check", "quickstart", "--set", "sed=1"]]
codes = [main(command) for command in commands]
heavy = sorted({"tensorflow", "keras", "numpy", "tensorflow_datasets"} & set(sys.modules))
print("\\nRESULT", codes, heavy)
"""


def test_help_check_show_schema_and_list_import_nothing_heavy() -> None:
    done = subprocess.run([sys.executable, "-c", LIGHT], capture_output=True, text=True, check=True)
    assert done.stdout.rstrip().endswith("RESULT [0, 0, 0, 0, 0, 0, 0, 0, 3] []")


def test_python_m_piste_is_the_command_line() -> None:
    done = subprocess.run([sys.executable, "-m", "piste", "check", "zzz"], capture_output=True, text=True)
    assert done.returncode == 3
    assert "There is no file and no shipped config zzz" in done.stderr


def test_help_reads_no_schema() -> None:
    code = "import sys; from piste.cli import main; main(['--help']); print('RESULT', 'pydantic' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.rstrip().endswith("RESULT False")
