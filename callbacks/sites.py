"""Which layers of a model can be watched, and what can be read at each."""

import dataclasses
from collections.abc import Callable, Collection, Iterator
from fnmatch import fnmatchcase
from typing import Any

import keras

from piste.models.activations import identify, slope


@dataclasses.dataclass(frozen=True, eq=False)
class Site:
    """One layer to watch.

    Args:
        path: names from the model's child down to the layer, joined by "/".
        layer: the Keras layer.
        kernels: its own trainable variables of rank 2 and more.
        biases: its own trainable variables of rank 1.
        activation: name of the activation applied last, from the activations table; None where there is none.
        slope: `(z, h) -> f'(z)`; None where the activation is unknown or there is none.
        supremum: the largest |f'| there is.
        reads_input: the slope is taken from z and not from h.
        rises: a slope that is not flat stays so for all larger h, as ReLU's or ELU's does.
        inner_activation: the activation is the layer's attribute and not a layer of its own.
    """

    path: str
    layer: Any
    kernels: tuple[Any, ...]
    biases: tuple[Any, ...]
    activation: str | None
    slope: Callable[[Any, Any], Any] | None
    supremum: float
    reads_input: bool
    rises: bool
    inner_activation: bool

    @property
    def affine(self) -> bool:
        """Whether the layer multiplies by a kernel, so that its output is a pre-activation."""
        return bool(self.kernels) and not isinstance(self.layer, keras.layers.Embedding)


def find_sites(
    model: Any, layers: Collection[str] | None = None, exclude: Collection[str] = ()
) -> tuple[list[Site], list[str]]:
    """Lists the layers of a model that can be watched, and those that cannot.

    Args:
        model: any Keras model whose layers exist.
        layers: patterns (`dense_*`) of the paths to watch; None watches all.
        exclude: patterns of the paths to leave out.

    Returns:
        The sites, and a sentence for each layer of which something stays unseen.
    """
    sites, unseen = [], []
    for path, layer in named_layers(model):
        if layers is not None and not any(fnmatchcase(path, pattern) for pattern in layers):
            continue
        if any(fnmatchcase(path, pattern) for pattern in exclude):
            continue
        site, blind = _site(path, layer)
        if site is not None:
            sites.append(site)
        if blind:
            unseen.append(blind)
    return sites, unseen


def build_symbolically(model: Any, data: Any) -> None:
    """Makes the variables of a model that has not seen data yet, without computing anything.

    Args:
        model: any Keras model.
        data: what its train step takes.
    """
    if all(layer.built for _, layer in named_layers(model)):
        return
    x, _, _ = keras.utils.unpack_x_y_sample_weight(data)
    model(keras.tree.map_structure(lambda part: keras.KerasTensor(part.shape, part.dtype.name), x))


def named_layers(model: Any) -> Iterator[tuple[str, Any]]:
    """Yields every layer below a model once, with its path."""
    seen: set[int] = set()
    taken: dict[str, int] = {}
    stack = [("", child) for child in reversed(children(model))]
    while stack:
        prefix, layer = stack.pop()
        if id(layer) in seen:
            continue
        seen.add(id(layer))
        path = prefix + layer.name
        taken[path] = taken.get(path, 0) + 1
        path = path if taken[path] == 1 else f"{path}~{taken[path]}"
        yield path, layer
        stack.extend((path + "/", child) for child in reversed(children(layer)))


def children(layer: Any) -> list[Any]:
    """Returns the layers directly below a layer; Keras has no public way to ask this of a plain layer."""
    return list(layer._flatten_layers(include_self=False, recursive=False))


def _site(path: str, layer: Any) -> tuple[Site | None, str | None]:
    below = {id(variable) for child in children(layer) for variable in child.variables}
    own = [variable for variable in layer.trainable_variables if id(variable) not in below]
    kernels = tuple(variable for variable in own if len(variable.shape) >= 2)
    biases = tuple(variable for variable in own if len(variable.shape) == 1)
    if isinstance(layer, keras.layers.PReLU):
        kernels, biases = (), tuple(own)
    function = vars(layer).get("activation")
    inner = callable(function) and function is not keras.activations.linear
    known = identify(layer)
    if known is not None and known[0].name == "linear":
        known = None
    blind = None
    if isinstance(layer, keras.layers.RNN):
        blind = f"{path}: its activations run in a loop of their own, so units and delta stay unseen"
    elif inner and identify(function) is None and function is not keras.activations.softmax:
        blind = f"{path}: its activation {_name(function)} is not in the activations table, so units stay unseen"
    if known is None:
        site = Site(path, layer, kernels, biases, None, None, 1.0, False, False, inner) if own else None
        return site, blind
    activation, arguments = known
    facts = activation.facts(**arguments)
    reads_input = activation.slope_from == "input"
    rises = not reads_input and facts.saturates in ("none", "left")
    slope_of = slope(known, layer)
    return Site(
        path, layer, kernels, biases, activation.name, slope_of, facts.supremum, reads_input, rises, inner
    ), blind


def _name(function: Any) -> str:
    return getattr(function, "__name__", type(function).__name__)
