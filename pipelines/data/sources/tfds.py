"""Source `tfds`: a data set that TensorFlow Datasets has prepared on this machine."""

import difflib
import re
import sys
from collections.abc import Sequence
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

from piste.pipelines.data.assemble import assemble
from piste.pipelines.data.dataset import Data, Task
from piste.pipelines.data.quiet import first_line, quiet
from piste.pipelines.data.tfds import read_tfds
from piste.pipelines.errors import DataError

# A namespace ("kubric:...") or a URL would reach for the network before anything is asked to be downloaded.
NAME = re.compile(r"\w+(/[\w.+-]+)?(:[\d.*]+)?")


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
    train = read_tfds(builder, train_split, x_key, y_key, where)
    test = None if test_split is None else read_tfds(builder, test_split, x_key, y_key, where)
    task: Task = "classification" if train[1].dtype.kind in "iu" else "regression"
    given = getattr(builder.info.features[y_key], "names", None) if classes is None else classes
    return assemble(builder.info.name, task, train, test, where=where, classes=given)


def _prepared(name: str, directory: Path | None, download: bool, where: str) -> Any:
    if not NAME.fullmatch(name):
        raise DataError(
            f"{where}: expected a name like 'fashion_mnist' or 'emnist/letters:3.1.0'. Received: {name!r};"
            " namespaces and arguments are not supported."
        )
    builder = _builder(name, directory, where)
    with quiet():
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
    with quiet():
        import tensorflow_datasets as tfds

        try:
            return tfds.builder(name, data_dir=directory)
        except tfds.core.DatasetNotFoundError as error:
            near = difflib.get_close_matches(name, tfds.list_builders(with_community_datasets=False), n=1)
            way_out = f"did you mean {near[0]!r}?" if near else "check `data.name` and `data.directory`."
            raise DataError(f"{where}: TFDS knows no such data set; {way_out}") from error
        except (OSError, ValueError, AssertionError, RuntimeError) as error:
            raise DataError(f"{where}: TFDS refuses it ({first_line(error)}); check `data.name`.") from error


def _download(builder: Any, where: str) -> None:
    import tensorflow_datasets as tfds
    from tensorflow_datasets.core.download.download_manager import NonMatchingChecksumError

    known = (OSError, ValueError, AssertionError, RuntimeError, tfds.download.DownloadError)
    if not sys.stderr.isatty():
        tfds.disable_progress_bar()
    try:
        with redirect_stdout(sys.stderr):  # TFDS prints notices, and stdout is for results
            config = tfds.download.DownloadConfig(try_download_gcs=False)
            builder.download_and_prepare(download_config=config)
    except (*known, NonMatchingChecksumError) as error:
        raise DataError(
            f"{where}: could not be downloaded and prepared ({first_line(error)});"
            " check the network, or prepare it elsewhere and name its folder in `data.directory`."
        ) from error


def _keys(info: Any, where: str) -> tuple[str, str]:
    """The names of the feature to learn from and of the one to predict."""
    keys = info.supervised_keys or ("image", "label")
    if len(keys) != 2 or not all(isinstance(key, str) and key in info.features for key in keys):
        raise DataError(
            f"{where}: expected one input and one label, as `supervised_keys` or features image and label."
            f" The data set has {', '.join(sorted(info.features))}; write the arrays you want to an .npz file."
        )
    return keys[0], keys[1]
