"""The per-unit figures that a monitor writes beside its records: one npz a window."""

import zipfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np

LARGEST = 1 << 28  # bytes that one file may unpack to
FILES = 100


def read_shares(folder: str | Path) -> dict[str, np.ndarray]:
    """Reads the latest active shares of all units.

    Args:
        folder: the `<stem>_units` folder beside a monitor's JSON-lines file.

    Returns:
        path -> active share of each unit, shape (units,); empty if no window was full yet.

    Raises:
        ValueError: if the file is damaged or larger than 256 MiB.
    """
    for file in sorted(Path(folder).glob("*.npz"), reverse=True):
        if shares := _read(file, "active/"):
            return shares
    return {}


def _read(file: Path, kind: str) -> dict[str, np.ndarray]:
    try:
        with zipfile.ZipFile(file) as archive:
            size = sum(entry.file_size for entry in archive.infolist())
        if size > LARGEST:
            raise ValueError(f"it unpacks to {size:,} bytes")
        with np.load(file, allow_pickle=False) as arrays:
            names = [name for name in arrays.files if name.startswith(kind)]
            return {name.removeprefix(kind): np.asarray(arrays[name], "float64").reshape(-1) for name in names}
    except (OSError, EOFError, ValueError, zipfile.BadZipFile) as error:
        raise ValueError(
            f"Expected active shares of units in {file.name}, at most {LARGEST:,} bytes. Received a file that "
            f"cannot be read: {error}. Remove it to report without the unit map."
        ) from error


def write_units(folder: Path, step: int, units: Mapping[str, Mapping[str, np.ndarray]]) -> None:
    """Writes what is known of all units, and removes the oldest files beyond the latest 100.

    Unlike `numpy.savez` it takes layers of any name, such as "file".

    Args:
        folder: the `<stem>_units` folder beside a monitor's JSON-lines file.
        step: optimizer updates done.
        units: name of the figure (`active` share, ...) -> path -> one number a unit.
    """
    folder.mkdir(exist_ok=True)
    with zipfile.ZipFile(folder / f"{step:08d}.npz", "w", zipfile.ZIP_DEFLATED) as archive:
        for name, layers in units.items():
            for path, values in layers.items():
                with archive.open(f"{name}/{path}.npy", "w") as entry:
                    np.lib.format.write_array(entry, np.asarray(values, "float32"), allow_pickle=False)
    for old in sorted(folder.glob("*.npz"))[:-FILES]:
        old.unlink()
