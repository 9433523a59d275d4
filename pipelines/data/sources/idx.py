"""Source `idx`: a folder of four files as MNIST and its successors are handed out."""

import re
from collections.abc import Sequence
from pathlib import Path

from piste.pipelines.data.assemble import Pair, assemble
from piste.pipelines.data.dataset import Data
from piste.pipelines.data.idx import read_idx
from piste.pipelines.errors import DataError


def load_idx(directory: Path, classes: Sequence[str] | None = None) -> Data:
    """Loads `train-images-idx3-ubyte`, `train-labels-idx1-ubyte` and the same with `t10k` for the test part.

    Each file may be raw or end in `.gz`; where both are there, the raw one is read. What follows `idx` may
    tell other ranks and types. Without both `t10k` files there is no test part.

    Args:
        directory: The folder.
        classes: Names of the classes by index.

    Returns:
        The data without a validation part, named after the folder.

    Raises:
        DataError: If a file is missing or damaged, or images and labels do not belong together.
    """
    if not directory.is_dir():
        raise DataError(f"{directory}: expected a folder of IDX files. There is none; check `data.directory`.")
    train = _pair(directory, "train")
    if train is None:
        raise DataError(
            f"{directory}: expected train-images-idx* and train-labels-idx*, raw or .gz."
            f" The folder holds {_held(directory)}; check `data.directory`."
        )
    test = _pair(directory, "t10k")
    name = directory.resolve().name
    return assemble(name, "classification", train, test, where=str(directory), classes=classes)


def _pair(directory: Path, part: str) -> Pair | None:
    images, labels = (_find(directory, f"{part}-{what}") for what in ("images", "labels"))
    if images is not None and labels is not None:
        return read_idx(images), read_idx(labels)
    there = images or labels
    if there is not None:
        raise DataError(
            f"{directory}: expected both {part}-images-idx* and {part}-labels-idx*. There is only"
            f" {there.name}; add the other one."
        )
    return None


def _find(directory: Path, stem: str) -> Path | None:
    pattern = re.compile(rf"{stem}-idx\d+-\w+(\.gz)?")
    files = [file for file in directory.iterdir() if pattern.fullmatch(file.name)]
    return min(files, key=lambda file: (file.suffix == ".gz", file.name), default=None)


def _held(directory: Path) -> str:
    names = sorted(file.name for file in directory.iterdir())
    return ", ".join(map(repr, names[:8])) or "nothing"
