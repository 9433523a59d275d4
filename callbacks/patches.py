"""Attributes that are something else for a while, in one thread only."""

import contextlib
import threading
from collections.abc import Callable, Iterator
from typing import Any

MISSING = object()


@contextlib.contextmanager
def replaced(owner: Any, name: str, value: Any) -> Iterator[None]:
    """Sets an object's attribute past Keras's attribute tracking, and puts the old state back.

    Example:
        >>> from types import SimpleNamespace
        >>> thing = SimpleNamespace(size=1)
        >>> with replaced(thing, "size", 2):
        ...     thing.size
        2
        >>> thing.size
        1
    """
    before = vars(owner).get(name, MISSING)
    _set(owner, name, value)
    try:
        yield
    finally:
        _set(owner, name, before)


@contextlib.contextmanager
def wrapped_here(owner: Any, name: str, wrap: Callable[[Any], Any]) -> Iterator[None]:
    """Wraps a function of an object, or of a class, in this thread; other threads still get the unwrapped one.

    A distribution strategy traces its replicas in threads that take turns, so that their patches overlap in any order.

    Args:
        owner: whose attribute it is.
        name: of the attribute.
        wrap: function -> function to use instead.
    """
    thread = threading.get_ident()
    dispatch = vars(owner).get(name, MISSING)
    if not hasattr(dispatch, "by_thread"):
        dispatch = _per_thread(getattr(owner, name), dispatch)
        _set(owner, name, dispatch)
    before = dispatch.by_thread.get(thread)
    dispatch.by_thread[thread] = wrap(before or dispatch.original)
    try:
        yield
    finally:
        dispatch.by_thread[thread] = before
        if not any(dispatch.by_thread.values()):
            _set(owner, name, dispatch.before)


def _per_thread(original: Any, before: Any) -> Any:
    def dispatch(*args: Any, **kwargs: Any) -> Any:
        return (by_thread.get(threading.get_ident()) or original)(*args, **kwargs)

    by_thread: dict[int, Any] = {}
    vars(dispatch).update(by_thread=by_thread, original=original, before=before)
    return dispatch


def _set(owner: Any, name: str, value: Any) -> None:
    if isinstance(owner, type):
        setattr(owner, name, value)
    elif value is MISSING:
        del vars(owner)[name]
    else:
        vars(owner)[name] = value
