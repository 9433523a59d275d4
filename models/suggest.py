"""The nearest name that exists, for error messages."""

import difflib
from collections.abc import Iterable


def nearest(name: str, known: Iterable[str]) -> str | None:
    """Returns the known name that `name` abbreviates or is most like, or None when none is near.

    Example:
        >>> nearest("relue", ["elu", "relu", "selu"])
        'relu'
        >>> nearest("LeakyReLU", ["leaky_relu", "relu"])
        'leaky_relu'
        >>> nearest("mse", ["mean_absolute_error", "mean_squared_error"])
        'mean_squared_error'
        >>> nearest("xyz", ["relu"]) is None
        True
    """
    folded = {candidate.casefold(): candidate for candidate in known}
    initials = {"".join(word[:1] for word in key.split("_")): value for key, value in folded.items() if "_" in key}
    asked = name[:100].casefold()
    close = difflib.get_close_matches(asked, folded, n=1, cutoff=0.6)
    return folded.get(asked) or initials.get(asked) or (folded[close[0]] if close else None)


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """A sentence that offers the nearest known name, or nothing when none is near.

    Example:
        >>> did_you_mean("rellu", ["relu", "tanh"])
        ' Did you mean `relu`?'
    """
    close = nearest(name, known)
    return f" Did you mean `{close}`?" if close else ""
