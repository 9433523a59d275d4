"""Source `keras`: the data sets of `keras.datasets`, from Keras's own cache."""

import hashlib
import os
import sys
from collections.abc import Callable, Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from piste.pipelines.data.assemble import Pair, assemble
from piste.pipelines.data.dataset import Data, Task
from piste.pipelines.data.embedded.classes import FASHION_MNIST_CLASSES
from piste.pipelines.data.idx import read_idx
from piste.pipelines.data.npz import read_npz
from piste.pipelines.data.quiet import first_line
from piste.pipelines.errors import DataError

CIFAR10_CLASSES = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")
# Of the archives as their makers publish them; they hold pickles, which Keras reads.
CIFAR10_SHA256 = "6d958be074577803d12ecdefd02955f39262c83c16fe9348329d7fe0b5c001ce"
CIFAR100_SHA256 = "85cd44d02ba6437773c5bbd22e183051d648de2e7d6b014e1ef29b855ba677a7"


@dataclass(frozen=True)
class _Set:
    """Where Keras keeps a set below its cache, and how it is read."""

    place: str
    read: Callable[[Path], tuple[Pair, Pair]]
    task: Task = "classification"
    classes: tuple[str, ...] | None = None


def load_keras_set(name: str, *, download: bool = False, classes: Sequence[str] | None = None) -> Data:
    """Reads a set of `keras.datasets` from Keras's cache, `$KERAS_HOME/datasets` or `~/.keras/datasets`.

    Nothing is fetched from the network unless `download` is true and the set is not there.

    Args:
        name: One of `KERAS_SETS`.
        download: Whether Keras may download what is not there; Keras checks the sums.
        classes: Names of the classes by index, in place of the set's own.

    Returns:
        The data without a validation part, split into training and test part as Keras does.

    Raises:
        DataError: If the set is not there or damaged, or cannot be downloaded.

    References:
        https://keras.io/api/datasets
    """
    chosen, where = KERAS_SETS[name], f"keras {name}"
    place = Path(os.environ.get("KERAS_HOME") or "~/.keras").expanduser() / "datasets" / chosen.place
    if not place.exists():
        if not download:
            raise DataError(
                f"{where}: expected {place}, where Keras keeps it. There is none; set `data.download: true`,"
                f" or run `keras.datasets.{name}.load_data()` where there is a network and copy the file."
            )
        _download(name, where)
    train, test = chosen.read(place)
    names = chosen.classes if classes is None else classes
    return assemble(name, chosen.task, train, test, where=where, classes=names)


def _download(name: str, where: str) -> None:
    import keras

    try:
        with redirect_stdout(sys.stderr):  # Keras shows its progress there, and stdout is for results
            getattr(keras.datasets, name).load_data()
    except Exception as error:  # Keras raises plain Exception where the network fails
        raise DataError(
            f"{where}: could not be downloaded ({first_line(error)}); check the network, or copy Keras's cache from"
            " another machine."
        ) from error


def _mnist(place: Path) -> tuple[Pair, Pair]:
    arrays = read_npz(place, ("x_train", "y_train", "x_test", "y_test"))
    return (arrays["x_train"], arrays["y_train"]), (arrays["x_test"], arrays["y_test"])


def _fashion_mnist(place: Path) -> tuple[Pair, Pair]:
    def part(stem: str) -> Pair:
        return read_idx(place / f"{stem}-images-idx3-ubyte.gz"), read_idx(place / f"{stem}-labels-idx1-ubyte.gz")

    return part("train"), part("t10k")


def _california_housing(place: Path) -> tuple[Pair, Pair]:
    arrays = read_npz(place, ("x", "y"))
    x, y = arrays["x"], arrays["y"]
    order = np.arange(len(x))
    np.random.RandomState(113).shuffle(order)  # Keras's split
    kept = int(len(x) * 0.8)
    return (x[order[:kept]], y[order[:kept]]), (x[order[kept:]], y[order[kept:]])


def _cifar(name: str, sha256: str) -> Callable[[Path], tuple[Pair, Pair]]:
    def read(place: Path) -> tuple[Pair, Pair]:
        with place.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
        if found != sha256:
            raise DataError(
                f"{place}: expected the archive with SHA-256 {sha256[:12]}.... Received: {found[:12]}...;"
                " remove the file, and download it again."
            )
        import keras

        loaded: Any = getattr(keras.datasets, name).load_data()
        return loaded[0], loaded[1]

    return read


KERAS_SETS = {
    "mnist": _Set("mnist.npz", _mnist),
    "fashion_mnist": _Set("fashion-mnist", _fashion_mnist, classes=FASHION_MNIST_CLASSES),
    "cifar10": _Set("cifar-10-batches-py-target_archive", _cifar("cifar10", CIFAR10_SHA256), classes=CIFAR10_CLASSES),
    "cifar100": _Set("cifar-100-python-target_archive", _cifar("cifar100", CIFAR100_SHA256)),
    "california_housing": _Set("california_housing.npz", _california_housing, task="regression"),
}
