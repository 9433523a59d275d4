"""From the config's `data` to what its source holds."""

from pathlib import Path

from piste.pipelines.config.schema.data import Embedded, Idx, ImageFolder, Npz, Source, Synthetic, Tfds
from piste.pipelines.config.schema.own import Own
from piste.pipelines.data.dataset import Data
from piste.pipelines.data.sources.embedded import load_embedded
from piste.pipelines.data.sources.idx import load_idx
from piste.pipelines.data.sources.image_folder import load_image_folder
from piste.pipelines.data.sources.npz import load_npz
from piste.pipelines.data.sources.own import load_own
from piste.pipelines.data.sources.synthetic import load_synthetic
from piste.pipelines.data.sources.tfds import load_tfds


def read_source(section: Source, seed: int) -> Data:
    """Reads what a source holds.

    Args:
        section: The config's `data`, whatever its source.
        seed: The config's, for sources that draw and name no seed of their own.

    Returns:
        The data as it is stored, without a validation part unless the source has one.

    Raises:
        DataError: If the data cannot be read or does not fit.
        UntrustedError: If the data asks to run code.
    """
    match section:
        case Embedded():
            return load_embedded(section.name, section.classes)
        case Idx():
            return load_idx(_path(section.directory), section.classes)
        case Npz():
            return load_npz(
                _path(section.path),
                x_train=section.x_train,
                y_train=section.y_train,
                x_test=section.x_test,
                y_test=section.y_test,
                task=section.task,
                classes=section.classes,
            )
        case ImageFolder():
            return load_image_folder(
                _path(section.directory),
                size=section.size,
                channels=section.channels,
                interpolation=section.interpolation,
                fit=section.fit,
                train_folder=section.train_folder,
                validation_folder=section.validation_folder,
                test_folder=section.test_folder,
                classes=section.classes,
            )
        case Tfds():
            return load_tfds(
                section.name,
                directory=None if section.directory is None else _path(section.directory),
                train_split=section.train_split,
                test_split=section.test_split,
                download=section.download,
                classes=section.classes,
            )
        case Synthetic():
            return load_synthetic(
                section.kind,
                samples=section.samples,
                test_samples=section.test_samples,
                features=section.features,
                num_classes=section.num_classes,
                noise=section.noise,
                seed=seed if section.seed is None else section.seed,
                classes=section.classes,
            )
        case Own():
            return load_own(section.source, section.arguments, section.classes)


def _path(text: str) -> Path:
    return Path(text).expanduser()
