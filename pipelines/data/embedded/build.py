"""Builds the embedded Fashion-MNIST from the four original files.

Debian's package `dataset-fashion-mnist` installs them under /usr/share/datasets/fashion-mnist:

    python -m piste.pipelines.data.embedded.build /usr/share/datasets/fashion-mnist

The same files give the same bytes, as long as zlib is the same.
"""

import sys
from pathlib import Path

import numpy as np

from piste.pipelines.data.idx import read_idx

TRAIN = 10_000
TEST = 2_000
TARGET = Path(__file__).with_name("fashion_mnist.npz")


def build(directory: Path, target: Path = TARGET) -> None:
    """Writes the first 10,000 training and 2,000 test images with their labels as one compressed npz file.

    Args:
        directory: Folder of the original files, `train-images-idx3-ubyte.gz` and its three companions.
        target: File to write.

    Raises:
        DataError: If a file is missing or damaged.
    """

    def read(name: str) -> np.ndarray:
        return read_idx(directory / f"{name}-ubyte.gz")

    np.savez_compressed(
        target,
        x_train=read("train-images-idx3")[:TRAIN],
        y_train=read("train-labels-idx1")[:TRAIN],
        x_test=read("t10k-images-idx3")[:TEST],
        y_test=read("t10k-labels-idx1")[:TEST],
    )


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python -m piste.pipelines.data.embedded.build DIRECTORY")
    build(Path(sys.argv[1]))
