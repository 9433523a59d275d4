"""Source `tfds`: a data set that TensorFlow Datasets has prepared on this machine."""

import difflib
import logging
import math
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from piste.pipelines.data.assemble import Pair, assemble
from piste.pipelines.data.dataset import LARGEST, Data, Task
from piste.pipelines.errors import DataError

# A namespace ("kubric:...") or a URL would reach for the network before anything is asked to be downloaded.
NAME = re.compile(r"\w+(/[\w.+-]+)?(:[\d.*]+)?")
BATCH = 1024


def load_tfds(
    name: str,
    *,
    directory: Path | None = None,
    train_split: str = "train",
    test_split: str | None = "test",
    download: bool = False,
    classes: Sequence[str] | None = None,
) -> Data:
    """Reads a prepared data set into arrays, in the order of its files and in the types it is stored in.

    Nothing is fetched from the network unless `download` is true.

    Args:
        name: The data set as TFDS names it: "fashion_mnist", or with configuration and version,
            "emnist/letters:3.1.0".
        directory: TFDS's data folder; None for its own default, ~/tensorflow_datasets.
        train_split: Split to train on; slices such as "train[:10%]" are allowed.
        test_split: Split to test on; None for none.
        download: Whether to download and prepare data that is not there.
        classes: Names of the classes by index, in place of the data set's own.

    Returns:
        The data without a validation part.

    Raises:
        DataError: If the data set is unknown, not prepared, damaged, or holds what does not fit arrays.
    """
    where = f"tfds {name}"
    builder = _prepared(name, directory, download, where)
    x_key, y_key = _keys(builder.info, where)
    label = builder.info.features[y_key]
    names = getattr(label, "names", None)
    task: Task = "classification" if names or np.dtype(label.np_dtype).kind in "iu" else "regression"
    train = _arrays(builder, train_split, x_key, y_key, where)
    test = None if test_split is None else _arrays(builder, test_split, x_key, y_key, where)
    given = names if classes is None else classes
    return assemble(builder.info.name, task, train, test, where=where, classes=given)


def _prepared(name: str, directory: Path | None, download: bool, where: str) -> Any:
    if not NAME.fullmatch(name):
        raise DataError(
            f"{where}: expected a name like 'fashion_mnist' or 'emnist/letters:3.1.0'. Received: {name!r};"
            " namespaces and arguments are not supported."
        )
    builder = _builder(name, directory, where)
    with _quiet():
        prepared = builder.is_prepared()
    if not prepared:
        if not download:
            raise DataError(
                f"{where}: expected prepared data in {builder.data_path}. There is none;"
                f" set `data.download: true`, or prepare it with `tfds build {name}` and name its data folder"
                " in `data.directory`."
            )
        _download(builder, where)
    return builder


def _builder(name: str, directory: Path | None, where: str) -> Any:
    with _quiet():
        import tensorflow_datasets as tfds

        try:
            return tfds.builder(name, data_dir=directory)
        except tfds.core.DatasetNotFoundError as error:
            near = difflib.get_close_matches(name, tfds.list_builders(with_community_datasets=False), n=1)
            way_out = f"did you mean {near[0]!r}?" if near else "check `data.name` and `data.directory`."
            raise DataError(f"{where}: TFDS knows no such data set; {way_out}") from error
        except (OSError, ValueError, AssertionError, RuntimeError) as error:
            raise DataError(f"{where}: TFDS refuses it ({_first_line(error)}); check `data.name`.") from error


def _download(builder: Any, where: str) -> None:
    import tensorflow_datasets as tfds
    from tensorflow_datasets.core.download.download_manager import NonMatchingChecksumError

    known = (OSError, ValueError, AssertionError, RuntimeError, tfds.download.DownloadError)
    try:
        builder.download_and_prepare(download_config=tfds.download.DownloadConfig(try_download_gcs=False))
    except (*known, NonMatchingChecksumError) as error:
        raise DataError(
            f"{where}: could not be downloaded and prepared ({_first_line(error)});"
            " check the network, or prepare it elsewhere and name its folder in `data.directory`."
        ) from error


def _keys(info: Any, where: str) -> tuple[str, str]:
    """The names of the feature to learn from and of the one to predict."""
    keys = info.supervised_keys or ("image", "label")
    if len(keys) != 2 or not all(isinstance(key, str) and key in info.features for key in keys):
        raise DataError(
            f"{where}: expected one input and one label, as `supervised_keys` or features image and label."
            f" The data set has {', '.join(info.features)}; write the arrays you want to an .npz file."
        )
    return keys[0], keys[1]


def _arrays(builder: Any, split: str, x_key: str, y_key: str, where: str) -> Pair:
    import tensorflow as tf
    import tensorflow_datasets as tfds

    try:
        n = builder.info.splits[split].num_examples
    except (KeyError, ValueError) as error:
        raise DataError(
            f"{where}: expected one of the splits {', '.join(builder.info.splits)}, or a slice such as"
            f" train[:10%]. Received: {split!r}."
        ) from error
    keys = (x_key, y_key)
    arrays = [_space(builder.info.features[key], n, key, where) for key in keys]
    done = 0
    try:
        read = builder.as_dataset(
            split=split,
            batch_size=BATCH,
            shuffle_files=False,
            decoders=tfds.decode.PartialDecoding(dict.fromkeys(keys, True)),
            read_config=tfds.ReadConfig(interleave_cycle_length=1, try_autocache=False),
        )
        for batch in tfds.as_numpy(read):
            for array, key in zip(arrays, keys, strict=True):
                array[done : done + len(batch[key])] = batch[key]
            done += len(batch[x_key])
    except (OSError, ValueError, tf.errors.OpError) as error:
        raise DataError(
            f"{where}: split {split!r} cannot be read ({_first_line(error)}); prepare it again."
        ) from error
    if done != n:
        raise DataError(
            f"{where}: split {split!r} must hold {n} samples. Received: {done}; its files are incomplete,"
            " prepare it again."
        )
    return arrays[0], arrays[1]


def _space(feature: Any, n: int, key: str, where: str) -> Any:
    shape, dtype = getattr(feature, "shape", None), np.dtype(getattr(feature, "np_dtype", object))
    if shape is None or None in shape or dtype.kind not in "iuf":
        raise DataError(
            f"{where}: feature {key!r} must hold numbers in one shape. Received: {feature};"
            " bring its samples to one shape and write them to an .npz file."
        )
    size = n * math.prod(shape) * dtype.itemsize
    if size > LARGEST:
        raise DataError(
            f"{where}: feature {key!r} may take at most {LARGEST} bytes. Received: {size} in {n} samples;"
            " read a part, for example train[:10%]."
        )
    return np.empty((n, *shape), dtype)


def _first_line(error: BaseException) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:200]


@contextmanager
def _quiet() -> Iterator[None]:
    """TFDS warns about every folder that is not prepared yet, which our own error says better."""
    logger = logging.getLogger("absl")
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        logger.setLevel(level)
