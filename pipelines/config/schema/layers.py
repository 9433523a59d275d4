"""`model.layers`: a list of layers, of `repeat` blocks, and of the placeholder `activation`."""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, model_serializer

from piste.models.suggest import nearest
from piste.pipelines.config.arguments import read_arguments
from piste.pipelines.config.catalog import entries
from piste.pipelines.config.components import Component, missing_choice, plain_value, read_component, read_type
from piste.pipelines.config.faults import Fault, Faults, describe, read_each
from piste.pipelines.config.scalars import Reader, read_int, read_text

PLACEHOLDER = "activation"
REPEAT_LIMIT = 1000
LAYER_LIMIT = 2000


class Layer(Component):
    """One layer; type "activation" stands for the model's choice.

    Args:
        name: its name in the model; None for a numbered one.
        activation: of this layer alone.
        initializer: of this layer's kernel; None for the model's.
    """

    name: str | None = None
    activation: Component | None = None
    initializer: Component | None = None

    @model_serializer
    def plain(self) -> Any:
        """Returns the shortest form that reads back equal."""
        own = {"name": self.name, "activation": self.activation, "initializer": self.initializer}
        keys = {key: plain_value(value) for key, value in own.items() if value is not None}
        keys |= {key: plain_value(value) for key, value in self.arguments.items()}
        return {"type": self.type, **keys} if keys else self.type


class Repeat(BaseModel):
    """A block of layers, `repeat` times over."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    repeat: int
    layers: tuple["Layer | Repeat", ...]

    @model_serializer
    def plain(self) -> Any:
        """Returns the map that it was read from."""
        return {"repeat": self.repeat, "layers": [item.plain() for item in self.layers]}


def read_layers(value: Any) -> tuple[Layer | Repeat, ...]:
    """Reads a list of layers.

    Raises:
        Faults: everything that is wrong in it, at any depth.
    """
    if not isinstance(value, list | tuple):
        raise Faults([Fault("must be a list of layers", received=describe(value))])
    if not value:
        raise Faults([Fault("must have at least one layer", received="an empty list")])
    items = read_each(enumerate(value), read_item)
    if count(items) > LAYER_LIMIT:
        raise Faults([Fault(f"must have at most {LAYER_LIMIT} layers after `repeat`", received=f"{count(items)}")])
    return tuple(items)


def count(items: list[Layer | Repeat] | tuple[Layer | Repeat, ...]) -> int:
    """Returns the number of layers after `repeat`."""
    return sum(item.repeat * count(item.layers) if isinstance(item, Repeat) else 1 for item in items)


def read_item(value: Any) -> Layer | Repeat:
    """Reads one item: a name, a map with `type`, or a map with `repeat`."""
    if isinstance(value, Layer | Repeat):
        return value
    if not isinstance(value, Mapping):
        return _read_name(value)
    if "repeat" in value and "type" not in value:
        return _read_repeat(value)
    return _read_layer(value)


def _read_name(value: Any) -> Layer:
    try:
        name = read_text(value)
    except Faults:
        says = "must be a layer's name, or a map with `type` or `repeat`"
        raise Faults([Fault(says, received=describe(value))]) from None
    _refuse_activation(name, ())
    return Layer(type=read_component("layers", name, (PLACEHOLDER,)).type)


def _refuse_activation(name: str, path: tuple[str, ...]) -> None:
    """Explains where an activation belongs when one is written as a layer."""
    if name in entries("layer_activations"):
        says = f"must be a layer: write the activation as `activation: {name}` on the layer before it"
        raise Faults([Fault(says, path, received=name)])


def _read_layer(value: Mapping[str, Any]) -> Layer:
    if "type" in value and describe(value["type"]) in entries("layer_activations"):
        _refuse_activation(describe(value["type"]), ("type",))
    if "type" not in value:
        expected = "`type`, or `repeat` with `layers`"
        raise Faults([missing_choice(value, ("type", "repeat"), expected)])
    name, entry = read_type("layers", value, (PLACEHOLDER,))
    readers: dict[str, Reader] = {"name": read_text}
    if entry.activation:
        readers["activation"] = lambda raw: read_component("layer_activations", raw)
    if entry.initializer:
        readers["initializer"] = lambda raw: read_component("initializers", raw, ("auto",))
    own: dict[str, Any] = {}
    faults: list[Fault] = []
    for key in [key for key in value if key in readers]:
        try:
            own[key] = readers[key](value[key])
        except Faults as error:
            faults += [fault.under(key) for fault in error.faults]
    given = {key: item for key, item in value.items() if key not in (*readers, "type")}
    arguments, wrong = read_arguments(entry, given, tuple(readers))
    if "name" in own and not own["name"].replace("_", "a").isalnum():
        faults.append(
            Fault("must be made of letters, digits and underscores", ("name",), received=describe(own["name"]))
        )
    if faults or wrong:
        raise Faults([*faults, *wrong])
    return Layer(type=name, arguments=arguments, **own)


def _read_repeat(value: Mapping[str, Any]) -> Repeat:
    faults = [
        Fault(
            "is no key of a repeat block",
            (key,),
            expected="repeat and layers",
            suggestion=nearest(key, ["layers"]),
            at="key",
        )
        for key in value
        if key not in ("repeat", "layers")
    ]
    times = 1
    layers: tuple[Layer | Repeat, ...] = ()
    try:
        times = read_int(value["repeat"])
        if not 1 <= times <= REPEAT_LIMIT:
            faults.append(Fault(f"must be from 1 to {REPEAT_LIMIT}", ("repeat",), received=str(times)))
    except Faults as error:
        faults += [fault.under("repeat") for fault in error.faults]
    if "layers" not in value:
        faults.append(Fault("is missing: a repeat block needs the list of layers", ("layers",)))
    else:
        try:
            layers = read_layers(value["layers"])
        except Faults as error:
            faults += [fault.under("layers") for fault in error.faults]
    if faults:
        raise Faults(faults)
    return Repeat(repeat=times, layers=layers)
