"""From a config to its data: the source is read, the validation part set aside, then samples are selected."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from piste.pipelines.config.config import Config
from piste.pipelines.config.faults import Faults
from piste.pipelines.config.schema.fields import Section
from piste.pipelines.config.validate import problem
from piste.pipelines.data.dataset import Data
from piste.pipelines.data.pairs import make_pairs
from piste.pipelines.data.read import read_source
from piste.pipelines.data.reconstruct import reconstruct
from piste.pipelines.data.select import select_samples
from piste.pipelines.data.split import split_test, split_validation
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
        data = read_source(section, config.seed)
    test, validation = getattr(section, "test", None), section.validation
    if test is not None:
        with _placed(config, "test", "source"):
            data = split_test(data, **_drawn(test, config.seed))
    if validation is not None and data.validation is None:
        with _placed(config, "validation", "source"):
            data = split_validation(data, **_drawn(validation, config.seed))
    if section.select is not None:
        try:
            data = select_samples(data, **section.select.model_dump())
        except Faults as error:
            found = [problem(config.tree, fault.under("data", "select")) for fault in error.faults]
            raise DataError("\n".join(f"{item.origin}: {item.message}" for item in found)) from error
    if section.pairs is not None:
        with _placed(config, "pairs"):
            return make_pairs(data, **_drawn(section.pairs, config.seed))
    return reconstruct(data, section.scale) if section.reconstruct else data


def _drawn(section: Section, seed: int) -> dict[str, Any]:
    """Returns a section's values; a seed that it does not set is the config's."""
    values = section.model_dump()
    return values if values["seed"] is not None else values | {"seed": seed}


@contextmanager
def _placed(config: Config, *keys: str) -> Iterator[None]:
    """Puts the place of the first of the keys that the config sets before an error of the data."""
    try:
        yield
    except (DataError, UntrustedError) as error:
        places = (config.origin(f"data.{key}") for key in keys)
        place = next((place for place in places if place is not None), None)
        raise type(error)(f"{place}: {error}" if place else str(error)) from error
