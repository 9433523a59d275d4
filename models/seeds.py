"""One seed for each random thing in a model, from the place where it stands."""

import hashlib


def layer_seed(seed: int, path: str, role: str) -> int:
    """The seed of one random thing: a hash of the run's seed, the layer's path and what draws.

    The first four bytes (big endian, top bit cleared) of BLAKE2b over the UTF-8 text `seed/path/role`. It
    does not depend on the order in which layers are built, so swapping a layer changes no other draw.

    Args:
        seed: The run's seed.
        path: The layer's name, in nested models joined by slashes.
        role: What draws: "kernel", "recurrent", "noise", ...

    Returns:
        A number from 0 to 2^31 - 1.

    Example:
        >>> layer_seed(42, "dense_1", "kernel")
        622454646
    """
    digest = hashlib.blake2b(f"{seed}/{path}/{role}".encode(), digest_size=4).digest()
    return int.from_bytes(digest, "big") & 0x7FFFFFFF
