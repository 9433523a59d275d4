"""The folder of one run: its name, and files that are whole or absent."""

import contextlib
import errno
import hashlib
import json
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from piste.pipelines.errors import ArtefactError, DiskError, RunFolderError


def make_run_folder(name: str, explicit: Path | None, parent: Path = Path("runs")) -> Path:
    """Makes the run's folder.

    Args:
        name: the config's name; the folder is `<name>-NNN`, the next free number.
        explicit: a folder that the user asks for instead; it must not exist.
        parent: where named runs go.

    Raises:
        RunFolderError: if the explicit folder exists.
    """
    with disk_errors(explicit or parent):
        if explicit is not None:
            check_free(explicit)
            explicit.mkdir(parents=True)
            return explicit
        return _take_number(name, "", parent, Path.mkdir)


@contextlib.contextmanager
def new_page(name: str, explicit: Path | None, parent: Path = Path("runs")) -> Iterator[Path]:
    """Makes an empty file for a page that belongs to no run; a block that fails leaves none.

    Args:
        name: of the page; the file is `<name>-NNN.html`, the next free number.
        explicit: a file that the user asks for instead; it must not exist.
        parent: where named pages go.

    Raises:
        RunFolderError: if the explicit file exists.
    """
    with disk_errors(explicit or parent):
        if explicit is None:
            path = _take_number(name, ".html", parent, _touch)
        else:
            check_free(explicit, "--out", "file")
            explicit.parent.mkdir(parents=True, exist_ok=True)
            _touch(path := explicit)
        try:
            yield path
        except BaseException:
            path.unlink()
            raise


def _touch(path: Path) -> None:
    path.touch(exist_ok=False)


def _take_number(name: str, suffix: str, parent: Path, make: Callable[[Path], None]) -> Path:
    parent.mkdir(parents=True, exist_ok=True)
    pattern = re.compile(re.escape(name) + r"-(\d{3,})" + re.escape(suffix))
    taken = [int(match[1]) for path in parent.iterdir() if (match := pattern.fullmatch(path.name))]
    number = max(taken, default=0) + 1
    while True:
        path = parent / f"{name}-{number:03d}{suffix}"
        try:
            make(path)
        except FileExistsError:  # another run took the number in this moment
            number += 1
        else:
            return path


def check_free(path: Path, option: str = "--run", kind: str = "folder") -> None:
    """Refuses a run folder or file that exists, before anything slow happens.

    Args:
        path: what the user asks for.
        option: the option that names it.
        kind: what it is to be, "folder" or "file".

    Raises:
        RunFolderError: if there is something at that path.
    """
    if path.exists() or path.is_symlink():
        raise RunFolderError(f"`{option}` must name a {kind} that does not exist. Received: {path}; choose another.")


@contextlib.contextmanager
def disk_errors(path: Path) -> Iterator[None]:
    """Turns what the file system refuses into one readable error."""
    try:
        yield
    except OSError as error:
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        what = "the disk is full" if full else (error.strerror or str(error)).lower()
        raise DiskError(f"Cannot write {error.filename or path}: {what}.") from error


def write_whole(path: Path, write: Callable[[Path], object]) -> None:
    """Lets `write` fill a temporary file beside `path`, then puts it in place in one move.

    Args:
        path: where the file is to be.
        write: called with the temporary path, which has the same suffixes.
    """
    temporary = path.with_name(f".{os.getpid()}.{path.name}")
    with disk_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            write(temporary)
            with temporary.open("rb") as file:
                os.fsync(file.fileno())
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)


def write_text(path: Path, text: str) -> None:
    """Writes a text file that is whole or absent."""
    write_whole(path, lambda temporary: temporary.write_text(text, encoding="utf-8"))


def write_json(path: Path, value: Any) -> None:
    """Writes a JSON file that is whole or absent."""
    write_text(path, json.dumps(value, indent=2, ensure_ascii=False) + "\n")


def sha256(path: Path) -> str:
    """Returns the SHA-256 of a file in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def check_digest(path: Path, expected: str) -> None:
    """Refuses a file that is not the one that was written.

    Raises:
        ArtefactError: if it is missing or has changed.
    """
    if not path.is_file():
        raise ArtefactError(f"Expected the file {path}. Received: nothing there; train again.")
    found = sha256(path)
    if found != expected:
        raise ArtefactError(
            f"{path} must have the SHA-256 {expected[:12]}... that was recorded when it was written. "
            f"Received: {found[:12]}...; it is damaged, train again."
        )
