"""From a config to its data: the source is read, the validation part set aside, then samples are selected."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from piste.pipelines.config.config import Config
from piste.pipelines.config.faults import Faults
from piste.pipelines.config.schema.csv import Csv
from piste.pipelines.config.schema.fields import Section
from piste.pipelines.config.validate import problem
from piste.pipelines.data.class_weight import weigh_classes
from piste.pipelines.data.dataset import Arrays, Data
from piste.pipelines.data.pairs import make_pairs
from piste.pipelines.data.read import read_source
from piste.pipelines.data.reconstruct import reconstruct
from piste.pipelines.data.select import select_samples
from piste.pipelines.data.split import split_test, split_validation
from piste.pipelines.data.table import fit_table
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
        data = read_source(section, config.seed, config.runtime.memory_limit * 2**20)
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
    if isinstance(section, Csv):
        with _placed(config, "path"):
            data = _fitted(data, section.missing)
    if section.pairs is not None:
        with _placed(config, "pairs"):
            data = make_pairs(data, **_drawn(section.pairs, config.seed))
    if section.reconstruct:
        data = reconstruct(data, section.scale)
    weight = config.training.class_weight
    if weight is None:
        return data
    with _placed(config, "training.class_weight", section=""):
        return weigh_classes(data, weight)


def _fitted(data: Data, missing: str) -> Data:
    """Settles by the training part alone what the columns of a table mean."""
    assert data.table is not None
    parts = {"train": data.train, "validation": data.validation, "test": data.test}
    there = {name: part for name, part in parts.items() if part is not None}
    try:
        table, matrices = fit_table(data.table, [part.x for part in there.values()], missing)
    except ValueError as error:
        raise DataError(f"{data.name}: {error}; put it under `data.ignore`.") from error
    made: dict[str, Any] = {}
    for (name, part), x in zip(there.items(), matrices, strict=True):
        x.flags.writeable = False
        made[name] = Arrays(x, part.y)
    return replace(data, table=table, **made)


def _drawn(section: Section, seed: int) -> dict[str, Any]:
    """Returns a section's values; a seed that it does not set is the config's."""
    values = section.model_dump()
    return values if values["seed"] is not None else values | {"seed": seed}


@contextmanager
def _placed(config: Config, *keys: str, section: str = "data.") -> Iterator[None]:
    """Puts the place of the first of the keys that the config sets before an error of the data."""
    try:
        yield
    except (DataError, UntrustedError) as error:
        places = (config.origin(f"{section}{key}") for key in keys)
        place = next((place for place in places if place is not None), None)
        raise type(error)(f"{place}: {error}" if place else str(error)) from error
