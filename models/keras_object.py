"""Keras objects from a name or `{type, arguments}` through a closed table, never deserialised."""

import inspect
from collections.abc import Mapping
from typing import Any

from piste.models.suggest import did_you_mean


def keras_object(
    key: str, spec: Any, table: Mapping[str, str], module: Any, defaults: Mapping[str, Any] | None = None
) -> Any:
    """Makes the object that a spec names.

    Args:
        key: The config's key, for messages.
        spec: A name, or `{"type": name, argument: value}` with numbers, words and booleans as values.
        table: Name -> class in `module`.
        module: For instance `keras.regularizers`.
        defaults: Arguments to add where the class takes them and the spec does not set them.

    Raises:
        ValueError: The name or an argument is unknown, or Keras refuses a value.
    """
    given = {"type": spec} if isinstance(spec, str) else dict(spec) if isinstance(spec, Mapping) else {}
    name = given.pop("type", None)
    if name not in table:
        hint = did_you_mean(name, table) if isinstance(name, str) else ""
        raise ValueError(f"`{key}` must be one of {', '.join(table)}. Received: {name or spec!r}.{hint}")
    cls = getattr(module, table[name])
    known = [argument for argument in inspect.signature(cls.__init__).parameters if argument != "self"]
    for argument, value in given.items():
        if argument not in known:
            raise ValueError(f"`{key}: {name}` has no argument `{argument}`.{did_you_mean(argument, known)}")
        if not isinstance(value, (bool, int, float, str)):
            raise ValueError(f"`{argument}` of `{key}: {name}` must be a number or a word. Received: {value!r}.")
    added = {k: v for k, v in (defaults or {}).items() if k in known and k not in given}
    try:
        return cls(**given, **added)
    except (TypeError, ValueError) as error:
        raise ValueError(f"`{key}: {name}` was refused by Keras: {error}") from error
