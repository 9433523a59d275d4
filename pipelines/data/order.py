"""The order in which an epoch visits its samples."""

import hashlib

import numpy as np
from numpy.typing import NDArray

LARGEST = 2**31 - 1


def epoch_order(n: int, seed: int, epoch: int) -> NDArray[np.int32]:
    """Permutes `0..n-1` by seed and epoch alone, so that a resumed run needs no generator state.

    Sorts n raw 64-bit words of a Philox generator whose key is a hash of (seed, epoch). NumPy promises that
    a bit generator's raw words never change between releases, which it does not for `permutation`.

    Args:
        n: Number of samples, 1 to 2**31 - 1.
        seed: Any integer; the run's seed.
        epoch: Any integer; each epoch has an order of its own.

    Returns:
        The samples' indices, `(n,)`, in the order of their visit.

    Raises:
        ValueError: If n is out of range.

    Example:
        >>> epoch_order(8, seed=42, epoch=1).tolist()
        [2, 1, 6, 4, 5, 3, 7, 0]
        >>> epoch_order(8, seed=42, epoch=2).tolist()
        [4, 6, 7, 2, 0, 3, 1, 5]

    References:
        Salmon et al. (2011), Parallel random numbers: as easy as 1, 2, 3.
    """
    if not 1 <= n <= LARGEST:
        raise ValueError(f"`n` must be from 1 to {LARGEST}. Received: {n}.")
    return np.argsort(raw_words(n, seed, epoch), kind="stable").astype(np.int32)


def raw_words(n: int, seed: int, epoch: int) -> NDArray[np.uint64]:
    """Returns n random 64-bit words for a seed and an epoch."""
    digest = hashlib.blake2b(f"epoch order/{seed}/{epoch}".encode(), digest_size=16).digest()
    return np.random.Philox(key=int.from_bytes(digest, "little")).random_raw(n)
