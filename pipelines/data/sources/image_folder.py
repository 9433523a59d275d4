"""Source `image_folder`: image files in one folder a class."""

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import numpy as np

from piste.pipelines.data.assemble import Pair, assemble
from piste.pipelines.data.class_folders import ClassFiles, class_folders, same_classes
from piste.pipelines.data.dataset import LARGEST, Data
from piste.pipelines.data.images import Fit, read_images
from piste.pipelines.errors import DataError

PARTS = ("train", "validation", "test")


def load_image_folder(
    directory: Path,
    *,
    size: tuple[int, int],
    channels: Literal[1, 3] = 3,
    interpolation: str = "bilinear",
    fit: Fit = "stretch",
    train_folder: str | None = None,
    validation_folder: str | None = None,
    test_folder: str | None = None,
    classes: Sequence[str] | None = None,
) -> Data:
    """Reads all images into memory, class by class and by name within each class.

    Args:
        directory: The folder with one folder a class, or with a folder for each part.
        size: Height and width that every image is brought to.
        channels: 1 for gray, 3 for RGB.
        interpolation: The filter that resizes; see `read_images`.
        fit: What becomes of other ratios of the sides; see `read_images`.
        train_folder: Folder of the training part in `directory`; None for `directory` itself.
        validation_folder: The same for a validation part; None for none.
        test_folder: The same for a test part; None for none.
        classes: The class folders in the order of their indices; None takes the order of their names.

    Returns:
        The data, named after the folder; pixels are uint8 `(n, height, width, channels)`.

    Raises:
        DataError: If there are no images, some are damaged, the parts have other classes, or all would take more
            than 4 GiB.
    """
    named = {"train": train_folder or ".", "validation": validation_folder, "test": test_folder}
    homes = {part: directory / folder for part, folder in named.items() if folder is not None}
    found = {part: class_folders(home) for part, home in homes.items()}
    _refuse_parts(found["train"], directory, train_folder)
    names = list(found["train"]) if classes is None else list(classes)
    for part, files in found.items():
        expected = "the training part" if classes is None else "`data.classes`"
        same_classes(names, files, homes[part], expected)
    _refuse_empty(found, homes)
    _refuse_large(sum(len(group) for files in found.values() for group in files.values()), size, channels, directory)
    pairs: dict[str, Pair] = {}
    for part, files in found.items():
        paths = [file for name in names for file in files[name]]
        labels = np.repeat(np.arange(len(names), dtype=np.int32), [len(files[name]) for name in names])
        pairs[part] = read_images(paths, size, channels, interpolation, fit), labels
    return assemble(
        directory.resolve().name,
        "classification",
        pairs["train"],
        pairs.get("test"),
        pairs.get("validation"),
        where=str(directory),
        classes=names,
    )


def _refuse_parts(found: ClassFiles, directory: Path, train_folder: str | None) -> None:
    if train_folder is None and "train" in found:
        keys = ", ".join(f"{part}_folder: {part}" for part in PARTS if part in found)
        raise DataError(
            f"{directory}: expected one folder a class. Received: {', '.join(found)}, which look like parts;"
            f" write `{keys}` under `data`."
        )


def _refuse_empty(found: dict[str, ClassFiles], homes: dict[str, Path]) -> None:
    for part, files in found.items():
        empty = [name for name, group in files.items() if not group]
        if empty and (part == "train" or len(empty) == len(files)):
            raise DataError(
                f"{homes[part] / empty[0]}: expected images. There are none;"
                " add some, or remove the class from every part."
            )


def _refuse_large(count: int, size: tuple[int, int], channels: int, directory: Path) -> None:
    taken = count * size[0] * size[1] * channels
    if taken > LARGEST:
        raise DataError(
            f"{directory}: the images may take at most {LARGEST} bytes in memory. Received: {taken} for {count} images"
            f" of {size[0]} x {size[1]} x {channels}; choose a smaller `data.size`."
        )
