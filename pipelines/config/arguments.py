"""Values of a component's arguments, read and checked against the catalog."""

from collections.abc import Mapping
from typing import Any

from piste.models.suggest import nearest
from piste.pipelines.config.entry import Argument, Entry
from piste.pipelines.config.faults import Fault, Faults, describe, read_each
from piste.pipelines.config.scalars import is_null, read_any, read_bool, read_float, read_int, read_text

_SCALARS = {"int": read_int, "float": read_float, "bool": read_bool, "str": read_text, "any": read_any}


def read_arguments(
    entry: Entry, given: Mapping[str, Any], also: tuple[str, ...] = ()
) -> tuple[dict[str, Any], list[Fault]]:
    """Reads the arguments of one component.

    Args:
        entry: what the type takes.
        given: key and raw value of every argument.
        also: keys that the caller reads itself, for suggestions.

    Returns:
        The values by name, and every fault found.
    """
    values: dict[str, Any] = {}
    faults: list[Fault] = []
    for key, raw in given.items():
        if key not in entry.arguments:
            faults.append(unknown_argument(entry, key, also))
            continue
        try:
            values[key] = read_argument(entry.arguments[key], raw)
        except Faults as error:
            faults += [fault.under(key) for fault in error.faults]
    for name, argument in entry.arguments.items():
        if argument.required and name not in given:
            faults.append(Fault(f"is missing: `{entry.name}` needs it", (name,), expected=expectation(argument)))
    return values, faults


def unknown_argument(entry: Entry, key: str, also: tuple[str, ...] = ()) -> Fault:
    """Returns the complaint about a key that the type does not take."""
    known = [*also, *entry.arguments]
    expected = f"one of {', '.join(sorted(known))}" if known else f"no arguments for `{entry.name}`"
    says = f"is no argument of `{entry.name}`"
    return Fault(says, (key,), expected=expected, suggestion=nearest(key, known), at="key")


def read_argument(argument: Argument, raw: Any) -> Any:
    """Returns one argument's value.

    Raises:
        Faults: it has the wrong kind or lies outside its range.
    """
    if is_null(raw) and argument.nullable:
        return None
    if argument.kind in ("ints", "floats"):
        return _read_numbers(argument, raw)
    reader = _SCALARS.get(argument.kind)
    if reader is None:
        from piste.pipelines.config.components import read_component

        return read_component(argument.kind, raw)
    value = reader(raw)
    if argument.choices is not None and value not in argument.choices:
        raise Faults(
            [
                Fault(
                    f"must be one of {', '.join(argument.choices)}",
                    received=describe(raw),
                    suggestion=nearest(value, argument.choices),
                )
            ]
        )
    if argument.kind in ("int", "float"):
        check_range(argument, value, raw)
    return value


def expectation(argument: Argument) -> str:
    """Returns in words what an argument takes.

    Example:
        >>> expectation(Argument("int", minimum=1))
        'an integer, at least 1'
    """
    names = {
        "int": "an integer",
        "float": "a number",
        "bool": "true or false",
        "str": "a text",
        "ints": "a list of integers" if argument.list else "an integer or a list of integers",
        "floats": "a list of numbers" if argument.list else "a number or a list of numbers",
        "any": "a value",
    }
    words = [names.get(argument.kind, f"a name of `piste list {argument.kind}`"), *_range_words(argument)]
    if argument.choices:
        words = [f"one of {', '.join(argument.choices)}"]
    return ", ".join(words) + (" or null" if argument.nullable else "")


def check_range(argument: Argument, value: float, raw: Any) -> None:
    """Refuses a number outside the argument's range."""
    outside = (
        (argument.minimum is not None and value < argument.minimum)
        or (argument.maximum is not None and value > argument.maximum)
        or (argument.exclusive_minimum is not None and value <= argument.exclusive_minimum)
        or (argument.exclusive_maximum is not None and value >= argument.exclusive_maximum)
    )
    if outside:
        raise Faults([Fault(f"must be {' and '.join(_range_words(argument))}", received=describe(raw))])


def _range_words(argument: Argument) -> list[str]:
    bounds = {
        "at least": argument.minimum,
        "above": argument.exclusive_minimum,
        "at most": argument.maximum,
        "below": argument.exclusive_maximum,
    }
    return [f"{words} {bound:.12g}" for words, bound in bounds.items() if bound is not None]


def _read_numbers(argument: Argument, raw: Any) -> Any:
    single = Argument(**{**vars(argument), "kind": argument.kind[:-1], "nullable": False})
    if not isinstance(raw, list | tuple):
        if argument.list or isinstance(raw, dict):
            raise Faults([Fault(f"must be {expectation(argument)}", received=describe(raw))])
        return read_argument(single, raw)
    if not raw or len(raw) > 1000:
        raise Faults([Fault("must have 1 to 1000 items", received=f"{len(raw)}")])

    def read(item: Any) -> Any:
        pair = argument.nested and isinstance(item, list | tuple)
        return tuple(read_argument(single, part) for part in item) if pair else read_argument(single, item)

    return tuple(read_each(enumerate(raw), read))
