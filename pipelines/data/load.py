"""From a config to its data: the source is read, the validation part set aside, then samples are selected."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from piste.pipelines.config.config import Config
from piste.pipelines.config.faults import Faults
from piste.pipelines.config.schema.data import Embedded, Idx, Npz, Synthetic, Tfds
from piste.pipelines.config.schema.own import Own
from piste.pipelines.config.validate import problem
from piste.pipelines.data.dataset import Data
from piste.pipelines.data.select import select_samples
from piste.pipelines.data.sources.embedded import load_embedded
from piste.pipelines.data.sources.idx import load_idx
from piste.pipelines.data.sources.npz import load_npz
from piste.pipelines.data.sources.own import load_own
from piste.pipelines.data.sources.synthetic import load_synthetic
from piste.pipelines.data.sources.tfds import load_tfds
from piste.pipelines.data.split import split_validation
from piste.pipelines.errors import DataError, UntrustedError


def load_data(config: Config) -> Data:
    """Reads the data that a config asks for, splits it and selects from it.

    Relative paths start from the working directory, and `~` is the home folder.

    Args:
        config: The checked config.

    Returns:
        Training, validation and test part as they are stored; scaling belongs to the model.

    Raises:
        DataError: If the data cannot be read or does not fit; the message starts with the place in the
            config.
        UntrustedError: If the data asks to run code.

    Example:
        >>> from piste.pipelines.config.load import load_config
        >>> data = load_data(load_config("quickstart"))
        >>> data.name, data.input_shape, len(data.train), len(data.validation), len(data.test)
        ('fashion_mnist', (28, 28), 9000, 1000, 2000)
    """
    section = config.data
    with _placed(config, "path", "directory", "name", "kind", "source"):
        data = _read(section, config.seed)
    held_out = section.validation
    if held_out is not None:
        with _placed(config, "validation", "source"):
            data = split_validation(
                data,
                size=held_out.size,
                fraction=held_out.fraction,
                from_=held_out.from_,
                seed=config.seed if held_out.seed is None else held_out.seed,
            )
    if section.select is None:
        return data
    try:
        return select_samples(data, **section.select.model_dump())
    except Faults as error:
        found = [problem(config.tree, fault.under("data", "select")) for fault in error.faults]
        raise DataError("\n".join(f"{item.origin}: {item.message}" for item in found)) from error


def _read(section: Embedded | Tfds | Idx | Npz | Synthetic | Own, seed: int) -> Data:
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


@contextmanager
def _placed(config: Config, *keys: str) -> Iterator[None]:
    """Puts the place of the first of the keys that the config sets before an error of the data."""
    try:
        yield
    except (DataError, UntrustedError) as error:
        places = (config.origin(f"data.{key}") for key in keys)
        place = next((place for place in places if place is not None), None)
        raise type(error)(f"{place}: {error}" if place else str(error)) from error
