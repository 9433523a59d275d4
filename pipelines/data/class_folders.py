"""Files in folders that are called after their classes."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from piste.pipelines.data.images import image_suffixes
from piste.pipelines.errors import DataError

ClassFiles = dict[str, tuple[Path, ...]]


def class_folders(directory: Path) -> ClassFiles:
    """Finds the files of every class, in the order of their names.

    What begins with a dot is passed over. A class folder may have folders of its own. Beside the class folders there
    may be files, but no images.

    Args:
        directory: A folder with one folder a class.

    Returns:
        The files by the name of the class, also for a class that has none.

    Raises:
        DataError: There is no such folder, it holds no folders, or something else than files in folders.

    Example:
        >>> import tempfile
        >>> here = Path(tempfile.mkdtemp())
        >>> for name in ("dog/2.png", "dog/10.png", "cat/1.png"):
        ...     (here / name).parent.mkdir(exist_ok=True)
        ...     (here / name).touch()
        >>> {name: [file.name for file in files] for name, files in class_folders(here).items()}
        {'cat': ['1.png'], 'dog': ['10.png', '2.png']}
    """
    if not directory.is_dir():
        raise DataError(f"{directory}: expected a folder with one folder a class. There is none; check the path.")
    entries = _entries(directory)
    folders = [entry for entry in entries if entry.is_dir()]
    loose = next((entry for entry in entries if Path(entry).suffix.lower() in image_suffixes()), None)
    if loose is not None and loose not in folders:
        raise DataError(f"{loose.path}: expected every image in the folder of its class. Move it there.")
    if not folders:
        raise DataError(f"{directory}: expected one folder a class. The folder holds none; make one for each class.")
    return {folder.name: tuple(_files(Path(folder))) for folder in folders}


def same_classes(classes: Sequence[str], found: ClassFiles, directory: Path, expected: str) -> None:
    """Refuses class folders that are not those wanted.

    Args:
        classes: The wanted ones.
        found: What there is.
        directory: Where, for messages.
        expected: Whose classes they are, for messages.

    Raises:
        DataError: A class is missing or unknown.
    """
    unknown = [name for name in found if name not in classes]
    if unknown:
        raise DataError(
            f"{directory / unknown[0]}: expected a class folder of {expected}: {', '.join(classes)}."
            f" Received: {unknown[0]!r}; remove or rename it."
        )
    missing = [name for name in classes if name not in found]
    if missing:
        raise DataError(
            f"{directory}: expected the class folders of {expected}. There is no {missing[0]!r};"
            " make an empty one if the part has none of that class."
        )


def _entries(directory: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(directory) as found:
            return sorted((entry for entry in found if not entry.name.startswith(".")), key=lambda entry: entry.name)
    except OSError as error:
        raise DataError(f"{directory}: cannot be read ({error.strerror}); check the folder.") from error


def _files(directory: Path) -> Iterator[Path]:
    for entry in _entries(directory):
        path = Path(entry)
        if entry.is_dir(follow_symlinks=False):
            yield from _files(path)
        elif path.is_file():
            yield path
        else:  # a link to a folder may lead round in a circle, and reading a pipe waits for ever
            raise DataError(f"{path}: expected a file or a folder. Received: neither; remove it.")
