"""The nearest name that exists, for error messages."""

import difflib
from collections.abc import Iterable


def nearest(name: str, known: Iterable[str]) -> str:
    """A sentence that offers the nearest known name, or nothing when none is near.

    Example:
        >>> nearest("rellu", ["relu", "tanh"])
        ' Did you mean `relu`?'
    """
    close = difflib.get_close_matches(name, list(known), n=1)
    return f" Did you mean `{close[0]}`?" if close else ""
