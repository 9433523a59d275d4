"""A folder that is whole or absent: filled beside its place, written through to the disk, then moved there."""

import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from piste.pipelines.errors import RunFolderError
from piste.pipelines.run_folder import disk_errors


@contextlib.contextmanager
def new_folder(final: Path) -> Iterator[Path]:
    """Yields an empty folder that becomes `final` in one move when the block ends well.

    A block that fails leaves nothing; a process that dies leaves at most a hidden folder `.unfinished-...` beside.

    Args:
        final: where the folder is to be; its parents are made.

    Raises:
        RunFolderError: if there is something at that path.
        DiskError: if it cannot be written.

    Example:
        >>> place = Path(tempfile.mkdtemp()) / "new"
        >>> with new_folder(place) as folder:
        ...     _ = (folder / "file").write_text("whole")
        ...     place.exists()
        False
        >>> (place / "file").read_text()
        'whole'
    """
    refuse_existing(final)
    with disk_errors(final):
        final.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".unfinished-", dir=final.parent) as beside:
            folder = Path(beside) / final.name
            folder.mkdir()
            yield folder
            write_through(folder)
            refuse_existing(final)
            folder.rename(final)
            _write_through_folder(final.parent)


def refuse_existing(final: Path) -> None:
    """Refuses to write where something is.

    Raises:
        RunFolderError: if there is something at that path.
    """
    if final.exists() or final.is_symlink():
        raise RunFolderError(
            f"An export must be written to a folder that does not exist. Received: {final}; "
            "remove it, or choose another place with `--to`."
        )


def write_through(folder: Path) -> None:
    """Waits until all files and folders below are on the disk, so that a later move cannot overtake them."""
    for place, _, files in os.walk(folder, topdown=False):
        for name in files:
            with (Path(place) / name).open("rb") as file:
                os.fsync(file.fileno())
        _write_through_folder(Path(place))


def _write_through_folder(folder: Path) -> None:
    if os.name != "posix":  # elsewhere folders cannot be opened
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
