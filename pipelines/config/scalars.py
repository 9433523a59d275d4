"""Texts to values by the type that the schema wants, with YAML 1.2's spelling of numbers and booleans.

Each reader also takes what is a Python value already, so that configs can be made from plain dicts.
"""

import math
import re
from collections.abc import Callable
from typing import Any, NoReturn

from piste.pipelines.config.faults import Fault, Faults, describe
from piste.pipelines.config.nodes import Scalar

_INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]{0,17})")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]{1,5})?")
_DIGITS = re.compile(r"[-+]?[0-9]+")
_BOOLEANS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}

Reader = Callable[[Any], Any]


def read_int(value: Any) -> int:
    """Returns an integer from a plain decimal one: no quotes, no leading zero, at most 18 digits."""
    if isinstance(value, Scalar):
        if not value.plain:
            _refuse_quotes("an integer", value, _INTEGER)
        if _INTEGER.fullmatch(value.text):
            return int(value.text)
        if _DIGITS.fullmatch(value.text):
            too_long = len(value.text.lstrip("+-0")) > 18
            _refuse("an integer of at most 18 digits" if too_long else "an integer without leading zeros", value)
    elif isinstance(value, int) and not isinstance(value, bool):
        return value
    _refuse("an integer", value)


def read_float(value: Any) -> float:
    """Returns a finite number: `1`, `.5`, `1e-3` and the like."""
    if isinstance(value, Scalar):
        if not value.plain:
            _refuse_quotes("a number", value, _FLOAT)
        if len(value.text) <= 400 and _FLOAT.fullmatch(value.text):
            return _finite(float(value.text), value)
        if value.text.lower().lstrip("+-") in (".inf", ".nan"):
            _refuse("a finite number", value)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        return _finite(float(value), value)
    _refuse("a number", value)


def read_bool(value: Any) -> bool:
    """Returns true or false; `yes`, `on` and `1` are not."""
    if isinstance(value, Scalar):
        if not value.plain and value.text in _BOOLEANS:
            raise Faults([Fault("must be true or false without quotes", received=describe(value))])
        if value.plain and value.text in _BOOLEANS:
            return _BOOLEANS[value.text]
    elif isinstance(value, bool):
        return value
    raise Faults([Fault("must be true or false", received=describe(value))])


def read_text(value: Any) -> str:
    """Returns a text: any scalar as it is written (`no` is "no"), but not null."""
    if isinstance(value, Scalar) and not value.is_null:
        return value.text
    if isinstance(value, str):
        return value
    _refuse("a text", value)


def read_any(value: Any) -> Any:
    """Returns what YAML's own rules make of a value; lists become tuples.

    Example:
        >>> read_any([1, "a", None])
        (1, 'a', None)
    """
    if isinstance(value, dict):
        return {key: read_any(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return tuple(read_any(item) for item in value)
    if not isinstance(value, Scalar) or not value.plain:
        return value.text if isinstance(value, Scalar) else value
    if value.is_null:
        return None
    if value.text in _BOOLEANS:
        return _BOOLEANS[value.text]
    if _INTEGER.fullmatch(value.text):
        return int(value.text)
    return read_float(value) if _FLOAT.fullmatch(value.text) else value.text


def is_null(value: Any) -> bool:
    """Whether a value is null, be it read from YAML or Python's None."""
    return value is None or (isinstance(value, Scalar) and value.is_null)


def optional(reader: Reader) -> Reader:
    """Returns a reader that lets null through."""
    return lambda value: None if is_null(value) else reader(value)


def _finite(number: float, value: Any) -> float:
    if not math.isfinite(number):
        _refuse("a finite number", value)
    return number


def _refuse_quotes(kind: str, value: Scalar, pattern: re.Pattern[str]) -> None:
    if pattern.fullmatch(value.text):
        raise Faults([Fault(f"must be {kind}: remove the quotes", received=describe(value))])


def _refuse(kind: str, value: Any) -> NoReturn:
    raise Faults([Fault(f"must be {kind}", received=describe(value))])
