"""The per-unit shares that a monitor writes beside its records: one npz a window."""

import zipfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np

LARGEST = 1 << 28  # bytes that one file may unpack to


def read_shares(folder: str | Path) -> dict[str, np.ndarray]:
    """Reads the latest active shares of all units.

    Args:
        folder: the `<stem>_units` folder beside a monitor's JSON-lines file.

    Returns:
        path -> active share of each unit, shape (units,); empty if no window was full yet.

    Raises:
        ValueError: if the file is damaged or larger than 256 MiB.
    """
    files = sorted(Path(folder).glob("*.npz"))
    if not files:
        return {}
    latest = files[-1]
    try:
        with zipfile.ZipFile(latest) as archive:
            size = sum(entry.file_size for entry in archive.infolist())
        if size > LARGEST:
            raise ValueError(f"it unpacks to {size:,} bytes")
        with np.load(latest, allow_pickle=False) as arrays:
            return {path: np.asarray(arrays[path], "float64").reshape(-1) for path in arrays.files}
    except (OSError, EOFError, ValueError, zipfile.BadZipFile) as error:
        raise ValueError(
            f"Expected active shares of units in {latest.name}, at most {LARGEST:,} bytes. Received a file that "
            f"cannot be read: {error}. Remove it to report without the unit map."
        ) from error


def write_shares(file: Path, shares: Mapping[str, np.ndarray]) -> None:
    """Writes the active shares of all units; unlike `numpy.savez` it takes layers of any name, such as "file".

    Args:
        file: the npz file.
        shares: path -> active share of each unit, shape (units,).
    """
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, share in shares.items():
            with archive.open(f"{path}.npy", "w") as entry:
                np.lib.format.write_array(entry, np.asarray(share), allow_pickle=False)
