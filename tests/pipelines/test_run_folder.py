"""The run folder: names, whole files, readable errors."""

import errno
import os
from pathlib import Path
from typing import Any

import pytest

from piste.pipelines.errors import ArtefactError, DiskError, RunFolderError
from piste.pipelines.run_folder import (
    check_digest,
    make_run_folder,
    new_page,
    sha256,
    write_json,
    write_text,
    write_whole,
)


def test_names_take_the_number_after_the_largest(tmp_path: Path) -> None:
    runs = tmp_path / "runs"
    assert make_run_folder("mlp", None, runs) == runs / "mlp-001"
    (runs / "mlp-041").mkdir()
    (runs / "mlp-x").mkdir()
    (runs / "cnn-099").mkdir()
    assert make_run_folder("mlp", None, runs) == runs / "mlp-042"
    (runs / "mlp-999").mkdir()
    assert make_run_folder("mlp", None, runs) == runs / "mlp-1000"
    assert (runs / "mlp-1000").is_dir()


def test_a_number_that_another_run_took_meanwhile_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "mlp-001").mkdir()
    monkeypatch.setattr(Path, "iterdir", lambda self: iter(()))
    assert make_run_folder("mlp", None, tmp_path) == tmp_path / "mlp-002"


@pytest.mark.parametrize("kind", ["folder", "file", "dangling link"])
def test_an_explicit_folder_must_not_exist(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "mine"
    if kind == "folder":
        path.mkdir()
    elif kind == "file":
        path.touch()
    else:
        path.symlink_to(tmp_path / "nowhere")
    with pytest.raises(RunFolderError) as caught:
        make_run_folder("mlp", path)
    assert str(caught.value) == f"`--run` must name a folder that does not exist. Received: {path}; choose another."
    assert caught.value.exit_code == 6


def test_an_explicit_folder_is_made_with_its_parents(tmp_path: Path) -> None:
    assert make_run_folder("mlp", tmp_path / "a" / "b") == tmp_path / "a" / "b"
    assert (tmp_path / "a" / "b").is_dir()


def test_pages_have_numbers_of_their_own(tmp_path: Path) -> None:
    (tmp_path / "mlp-007").mkdir()
    for number in (1, 2):
        with new_page("mlp", None, tmp_path) as path:
            path.write_text("x")
        assert path == tmp_path / f"mlp-{number:03d}.html"
    assert make_run_folder("mlp", None, tmp_path) == tmp_path / "mlp-008"


def test_a_page_that_exists_is_refused_and_kept(tmp_path: Path) -> None:
    path = tmp_path / "a" / "mine.html"
    with new_page("mlp", path):
        path.write_text("x")
    with pytest.raises(RunFolderError) as caught, new_page("mlp", path):
        pass
    assert str(caught.value) == f"`--out` must name a file that does not exist. Received: {path}; choose another."
    assert path.read_text() == "x"


@pytest.mark.parametrize("explicit", [None, "mine.html"])
def test_a_page_that_is_not_finished_leaves_no_file(explicit: str | None, tmp_path: Path) -> None:
    asked = None if explicit is None else tmp_path / explicit
    with pytest.raises(KeyboardInterrupt), new_page("mlp", asked, tmp_path) as path:
        raise KeyboardInterrupt
    assert not path.exists()
    with pytest.raises(DiskError, match="the disk is full"), new_page("mlp", asked, tmp_path):
        raise OSError(errno.ENOSPC, "No space left on device")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.ENOSPC, "the disk is full"),
        (errno.EDQUOT, "the disk is full"),
        (errno.EACCES, "permission denied"),
        (errno.EROFS, "read-only file system"),
    ],
)
def test_what_the_disk_refuses_is_one_readable_error(
    number: int, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(self: Path, *arguments: Any, **settings: Any) -> None:
        raise OSError(number, os.strerror(number), str(self))

    monkeypatch.setattr(Path, "mkdir", refuse)
    with pytest.raises(DiskError) as caught:
        make_run_folder("mlp", None, tmp_path / "runs")
    assert str(caught.value) == f"Cannot write {tmp_path / 'runs'}: {words}."
    assert caught.value.exit_code == 7


def test_a_write_that_fails_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "facts.json"
    write_text(path, "old")

    def half(temporary: Path) -> None:
        temporary.write_text("ne")
        raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(DiskError, match="the disk is full"):
        write_whole(path, half)
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_json_is_readable_text(tmp_path: Path) -> None:
    write_json(tmp_path / "new" / "a.json", {"class": "Äpfel"})
    assert (tmp_path / "new" / "a.json").read_text(encoding="utf-8") == '{\n  "class": "Äpfel"\n}\n'


def test_digests(tmp_path: Path) -> None:
    path = tmp_path / "weights"
    path.write_bytes(b"abc")
    # FIPS 180-2, appendix B.1
    digest = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert sha256(path) == digest
    check_digest(path, digest)
    path.write_bytes(b"abd")
    with pytest.raises(ArtefactError) as caught:
        check_digest(path, digest)
    assert str(caught.value) == (
        f"{path} must have the SHA-256 ba7816bf8f01... that was recorded when it was written. "
        "Received: a52d159f262b...; it is damaged, train again."
    )
    assert caught.value.exit_code == 5
    path.unlink()
    with pytest.raises(ArtefactError, match="Received: nothing there; train again"):
        check_digest(path, digest)
