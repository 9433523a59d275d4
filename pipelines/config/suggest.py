"""The nearest valid name to one that was misspelt."""

import difflib
from collections.abc import Iterable


def nearest(name: str, known: Iterable[str]) -> str | None:
    """Returns the known name most like `name`, or None when none is near.

    Example:
        >>> nearest("relue", ["elu", "relu", "selu"])
        'relu'
        >>> nearest("LeakyReLU", ["leaky_relu", "relu"])
        'leaky_relu'
        >>> nearest("xyz", ["relu"]) is None
        True
    """
    folded = {candidate.casefold(): candidate for candidate in known}
    found = difflib.get_close_matches(name[:100].casefold(), folded, n=1, cutoff=0.6)
    return folded[found[0]] if found else None
