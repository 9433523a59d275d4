"""From the config's `data` to what its source holds."""

from pathlib import Path

from piste.pipelines.config.schema.csv import Csv
from piste.pipelines.config.schema.data import Embedded, Idx, Npz, Source, Synthetic, Tfds
from piste.pipelines.config.schema.image_folder import ImageFolder
from piste.pipelines.config.schema.keras_set import KerasSet
from piste.pipelines.config.schema.own import Own
from piste.pipelines.config.schema.tfrecord import Tfrecord
from piste.pipelines.data.dataset import Data
from piste.pipelines.data.sources.csv import load_csv
from piste.pipelines.data.sources.embedded import load_embedded
from piste.pipelines.data.sources.idx import load_idx
from piste.pipelines.data.sources.image_folder import load_image_folder
from piste.pipelines.data.sources.keras_set import load_keras_set
from piste.pipelines.data.sources.npz import load_npz
from piste.pipelines.data.sources.own import load_own
from piste.pipelines.data.sources.synthetic import load_synthetic
from piste.pipelines.data.sources.tfds import load_tfds
from piste.pipelines.data.sources.tfrecord import load_tfrecord
from piste.pipelines.data.tfrecord import Feature


def read_source(section: Source, seed: int, memory: int = 2**31) -> Data:
    """Reads what a source holds.

    Args:
        section: The config's `data`, whatever its source.
        seed: The config's, for sources that draw and name no seed of their own.
        memory: Bytes above which records are not held in memory.

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
        case KerasSet():
            return load_keras_set(section.name, download=section.download, classes=section.classes)
        case Csv():
            return load_csv(
                _path(section.path),
                target=section.target,
                task=section.task,
                columns=section.columns,
                ignore=section.ignore,
                missing=section.missing,
                missing_values=section.missing_values,
                delimiter=section.delimiter,
                validation_path=None if section.validation_path is None else _path(section.validation_path),
                test_path=None if section.test_path is None else _path(section.test_path),
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
        case Tfrecord():
            return load_tfrecord(
                str(_path(section.path)),
                {key: Feature(**feature.model_dump()) for key, feature in section.features.items()},
                x=section.x,
                y=section.y,
                task=section.task,
                compression=section.compression,
                validation_path=None if section.validation_path is None else str(_path(section.validation_path)),
                test_path=None if section.test_path is None else str(_path(section.test_path)),
                classes=section.classes,
                memory=memory,
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
