"""`model` and `data` of types that the process registered: their arguments are those of the functions."""

from collections.abc import Callable
from typing import Annotated, Any

from pydantic import Field, model_serializer, model_validator

from piste.models.plugins import PluginError
from piste.models.zoo import find_model
from piste.pipelines.config.arguments import read_arguments
from piste.pipelines.config.catalog import entry_of
from piste.pipelines.config.components import Component, plain_value, read_component
from piste.pipelines.config.faults import Fault, Faults
from piste.pipelines.config.scalars import read_text
from piste.pipelines.config.schema.common import SCALE_DOC, Common, Scale
from piste.pipelines.config.schema.fields import Section
from piste.pipelines.data.register import OWN_SOURCES

_COMPONENTS = {"activation": ("activations", ()), "initializer": ("initializers", ("auto",))}


class OwnModel(Section):
    """A model type that was registered."""

    type: str
    components: dict[str, Component]
    arguments: dict[str, Any]

    @model_validator(mode="before")
    @classmethod
    def _read(cls, value: Any) -> Any:
        name = read_text(value["type"])
        try:
            builder = find_model(name).load()
        except PluginError as error:
            raise Faults([Fault(f"cannot be used: {error}", ("type",), received=name)]) from error
        entry = entry_of(name, builder, ("outputs", "task", "seed"), keyword_only=True)
        chosen: dict[str, Component] = {}
        faults: list[Fault] = []
        for key in [key for key in _COMPONENTS if key in value and key in entry.arguments]:
            try:
                chosen[key] = read_component(_COMPONENTS[key][0], value[key], _COMPONENTS[key][1])
            except Faults as error:
                faults += [fault.under(key) for fault in error.faults]
        given = {key: item for key, item in value.items() if key != "type" and key not in _COMPONENTS}
        arguments, wrong = read_arguments(entry, given)
        if faults or wrong:
            raise Faults([*faults, *wrong])
        return {"type": name, "components": chosen, "arguments": arguments}

    @model_serializer
    def plain(self) -> Any:
        """Returns the map that it was read from."""
        return {"type": self.type, **{key: plain_value(item) for key, item in self._all().items()}}

    def _all(self) -> dict[str, Any]:
        return {**self.components, **self.arguments}


class Own(Common):
    """A source that was registered."""

    source: str
    arguments: dict[str, Any]
    scale: Annotated[Scale, Field(description=SCALE_DOC)] = "standardize"

    @model_validator(mode="before")
    @classmethod
    def _read(cls, value: Any) -> Any:
        name = read_text(value["source"])
        keys = ("source", "scale", *Common.model_fields)
        own = {key: item for key, item in value.items() if key not in keys}
        arguments, wrong = read_arguments(entry_of(name, OWN_SOURCES[name].load, ()), own, keys)
        if wrong:
            raise Faults(wrong)
        return {key: item for key, item in value.items() if key in keys} | {"source": name, "arguments": arguments}

    @model_serializer(mode="wrap")
    def plain(self, handler: Callable[[Any], dict[str, Any]]) -> dict[str, Any]:
        """Returns the map that it was read from, defaults filled in."""
        plain = handler(self)
        arguments = plain.pop("arguments")
        return {**plain, **arguments}
