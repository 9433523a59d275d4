"""What the schema says about a key: its section, its documentation, its neighbours."""

from collections.abc import Iterator
from functools import cache
from typing import Any, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from piste.pipelines.config.faults import Path
from piste.pipelines.config.schema.fields import Section
from piste.pipelines.config.schema.settings import Settings


def follow(loc: Path) -> tuple[Path, list[type[Section]]]:
    """Follows one of pydantic's error locations, which names union members among the keys.

    Returns:
        The location in keys and indices alone, and the sections that may stand there.
    """
    sections: list[type[Section]] = [Settings]
    path: list[str | int] = []
    in_map = False
    for step in loc:
        members = [section for section in sections if section.__name__ == step]
        if members and len(sections) > 1:
            sections = members
            continue
        path.append(step)
        if isinstance(step, int) or in_map:
            in_map = False
            continue  # an item of a list or a map stands where its sections do
        found = [field for section in sections if (field := field_of(section, step)) is not None]
        sections = [section for field in found for section in sections_in(field.annotation)]
        in_map = any(get_origin(field.annotation) is dict for field in found)
    return tuple(path), sections


def keys_of(section: type[Section]) -> list[str]:
    """Returns a section's keys as files write them."""
    return [field.alias or name for name, field in section.model_fields.items()]


def field_of(section: type[Section], key: str | int) -> FieldInfo | None:
    """Returns the field behind a key, or None."""
    for name, field in section.model_fields.items():
        if key == (field.alias or name):
            return field
    return None


def sections_in(annotation: Any) -> list[type[Section]]:
    """Returns the sections that a field's type mentions."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation] if issubclass(annotation, Section) else []
    return [section for part in get_args(annotation) for section in sections_in(part)]


@cache
def all_keys() -> tuple[Path, ...]:
    """Returns the path of every key of every section."""

    def below(sections: list[type[Section]], path: Path) -> Iterator[Path]:
        for section in sections:
            for key in keys_of(section):
                yield (*path, key)
                field = field_of(section, key)
                assert field is not None
                yield from below(sections_in(field.annotation), (*path, key))

    return tuple(dict.fromkeys(below([Settings], ())))
