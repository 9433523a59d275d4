"""Keeps another library's chatter off the terminal, and its messages down to a line."""

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager

TENSORFLOW_CONTEXT = re.compile(r"\{\{function_node .*?\}\} | \[Op:.*")


@contextmanager
def quiet() -> Iterator[None]:
    """Silences what TFDS warns of: folders not yet prepared, and deprecated calls of its own."""
    logger = logging.getLogger("absl")
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        logger.setLevel(level)


def first_line(error: BaseException) -> str:
    """What an error says in its first 200 characters, or its type where it says nothing."""
    text = TENSORFLOW_CONTEXT.sub("", str(error)).strip()
    return (text.splitlines() or [type(error).__name__])[0][:200]
