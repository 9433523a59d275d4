"""A copy of a model in which other activations stand in the places that were found."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

import keras

from piste.models.activations.realise import layer as make_activation
from piste.models.activations.recognise import WITH_ACTIVATION
from piste.models.activations.slopes import LEARNED
from piste.models.activations.spec import read
from piste.models.nodes import Spec
from piste.models.seeds import layer_seed
from piste.models.swapping.graph import has_graph, operations
from piste.models.swapping.places import Place

_MIXED = {"float16": "mixed_float16", "bfloat16": "mixed_bfloat16"}


@dataclass(frozen=True, eq=False)
class _Step:
    """What stands where one layer or node stood: its copy, its new activation, or both."""

    layer: Any | None
    activate: Callable[[Any], Any] | None

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        x = self.layer(*args, **kwargs) if self.layer is not None else [*args, *kwargs.values()][0]
        return x if self.activate is None else self.activate(x)


class Copier:
    """Copies models with their weights.

    Args:
        places: What is swapped.
        spec: The new activation.
        seed: Of the draws of RReLU.
    """

    def __init__(self, places: Collection[Place], spec: Spec, seed: int) -> None:
        self.places: Mapping[int, Place] = {id(place.operation): place for place in places}
        self.spec, self.seed = spec, seed
        self.learns = read(spec)[0].name in LEARNED
        self.copies: dict[int, Any] = {}
        self.pairs: list[tuple[Any, Any]] = []
        self.activations: dict[tuple[Any, ...], Any] = {}

    def copy(self, model: Any, prefix: str = "") -> Any:
        """Returns the copy of a model that has a graph, with its weights.

        Raises:
            ValueError: A layer cannot be copied.
        """
        taken = {operation.name for operation in operations(model)}

        def step(operation: Any) -> _Step:
            return self._step(operation, prefix, taken)

        if isinstance(model, keras.Sequential):
            copy = _sequential(model, step)
        else:
            # A model without `compile` around the same nodes, since clone_model would also compile the copy.
            plain = keras.Model(model.input, model.output, name=model.name)
            inputs = keras.tree.map_structure(_input_like, model.input)
            copy = keras.models.clone_model(plain, inputs, clone_function=step, call_function=_call)
        if not model.trainable:
            copy.trainable = False
        return copy

    def copy_weights(self) -> None:
        """Gives every copied layer the weights, seeds and other state of the one it was copied from."""
        for old, new in self.pairs:
            gone = {id(variable) for variable in self.removed(old)}
            kept = [variable for variable in old.variables if id(variable) not in gone]
            if [tuple(one.shape) for one in kept] != [tuple(one.shape) for one in new.variables]:
                raise ValueError(
                    f"A layer must have the same weights when it is made again from its config. Received: {old.name} "
                    f"({type(old).__name__}), which has not."
                )
            for before, after in zip(kept, new.variables, strict=True):
                after.assign(before)

    def removed(self, operation: Any) -> list[Any]:
        """Returns the variables of an activation that is swapped."""
        if id(operation) not in self.places:
            return []
        own = operation.activation if isinstance(operation, WITH_ACTIVATION) else operation
        return list(getattr(own, "variables", ()))

    def _step(self, operation: Any, prefix: str, taken: set[str]) -> _Step:
        path = prefix + operation.name
        place = self.places.get(id(operation))
        if place is None:
            return _Step(self._copied(operation, path), None)
        fused = isinstance(operation, WITH_ACTIVATION) and not isinstance(operation, keras.layers.Activation)
        name = f"{operation.name}_act" if fused else operation.name
        free = taken if fused else taken - {name}

        def activate(x: Any) -> Any:
            return self._activation(operation, prefix, name, free, x)(x)

        return _Step(self._copied(operation, path, activation="linear") if fused else None, activate)

    def _copied(self, operation: Any, path: str, **changed: str) -> Any:
        if id(operation) not in self.copies:
            self.copies[id(operation)] = self._copy_of(operation, path, changed)
        return self.copies[id(operation)]

    def _copy_of(self, operation: Any, path: str, changed: Mapping[str, str]) -> Any:
        if has_graph(operation):
            return self.copy(operation, f"{path}/")
        # Nodes have no state, and what was adapted to data may keep it outside of variables.
        if not isinstance(operation, keras.Layer) or hasattr(operation, "adapt"):
            return operation
        try:
            made = type(operation).from_config({**operation.get_config(), **changed})
        except (NotImplementedError, TypeError, ValueError) as error:
            if not operation.variables:
                return operation
            raise ValueError(
                f"{path}: a layer must give a config to be copied. Received: {type(operation).__name__}, of which "
                f"Keras says: {str(error).strip().splitlines()[0]} Write its `get_config`."
            ) from error
        self.pairs.append((operation, made))
        return made

    def _activation(self, operation: Any, prefix: str, name: str, taken: set[str], x: Any) -> Any:
        """The new layer: one for each old one, and where it learns, one for each shape of weights."""
        key = (id(operation), *((len(x.shape), x.shape[-1]) if self.learns else ()))
        if key not in self.activations:
            same = sum(other[0] == id(operation) for other in self.activations)
            name = _free(name if not same else f"{name}_{same + 1}", taken)
            taken.add(name)
            draws = layer_seed(self.seed, prefix + name, "noise")
            made = make_activation(self.spec, name=name, rank=len(x.shape), dtype=_policy(operation, x), seed=draws)
            made.trainable = getattr(operation, "trainable", True)
            self.activations[key] = made
        return self.activations[key]


def _sequential(model: Any, step: Callable[[Any], _Step]) -> Any:
    x = _input_like(model.inputs[0])
    chain = [x]
    for layer in operations(model):
        made = step(layer)
        x = made(x)
        chain += [part for part in (made.layer, made.activate and x._keras_history.operation) if part is not None]
    return keras.Sequential(chain, name=model.name)


def _call(step: _Step, *args: Any, **kwargs: Any) -> Any:
    return step(*args, **kwargs)


def _input_like(tensor: Any) -> Any:
    name = tensor._keras_history.operation.name
    return keras.Input(batch_shape=tensor.shape, dtype=tensor.dtype, sparse=tensor.sparse, name=name)


def _policy(operation: Any, x: Any) -> str:
    """The precision that the activation had: its layer's, or that of the values that a node saw."""
    policy = getattr(operation, "dtype_policy", None)
    if policy is None:
        return _MIXED.get(x.dtype, str(x.dtype))
    return str(policy.name).split("_from_")[-1]  # "int8_from_mixed_float16": the kernel's part is not the activation's


def _free(name: str, taken: set[str]) -> str:
    wanted, count = name, 1
    while name in taken:
        count += 1
        name = f"{wanted}_{count}"
    return name
