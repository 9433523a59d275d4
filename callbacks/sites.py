"""Which layers of a model can be watched, and what can be read at each."""

import dataclasses
from collections.abc import Callable, Collection, Iterator
from fnmatch import fnmatchcase
from typing import Any

import keras

from piste.models.activations import identify, slope

ATTENTION = (keras.layers.MultiHeadAttention, keras.layers.GroupQueryAttention)


@dataclasses.dataclass(frozen=True, eq=False)
class Site:
    """One layer to watch.

    Args:
        path: names from the model's child down to the layer, joined by "/".
        layer: the Keras layer, or the node that a call of `keras.ops` left in a functional model.
        kernels: its own trainable variables of rank 2 and more, biases excepted.
        biases: its own trainable biases, a normalisation's beta, and what else is of rank 1, but no gamma.
        activation: name of the activation applied last, from the activations table; None where there is none.
        slope: `(z, h) -> f'(z)`; None where the activation is unknown or there is none.
        supremum: the largest |f'| there is.
        reads_input: the slope is taken from z and not from h.
        rises: a slope that is not flat stays so for all larger h, as ReLU's or ELU's does.
        inner_activation: the activation is the layer's attribute and not a layer of its own.
        normalises: the layer subtracts the batch's mean, so that a bias before it does nothing.
        idle_bias: the bias does nothing, as that of an attention's keys.
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
    normalises: bool
    idle_bias: bool

    @property
    def affine(self) -> bool:
        """Whether the layer multiplies by a kernel, so that its output is a pre-activation."""
        return bool(self.kernels) and not isinstance(self.layer, keras.layers.Embedding)

    def slope_at(self, signal: Any) -> Any:
        """Returns f'(z) from what is read here: z if `reads_input`, else h."""
        assert self.slope is not None
        return self.slope(signal, None) if self.reads_input else self.slope(None, signal)

    def output_at(self, signal: Any) -> Any:
        """Returns h from what is read here."""
        if not self.reads_input:
            return signal
        return self.layer.activation(signal) if self.inner_activation else self.layer.call(signal)


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
    for path, layer, parent in [*named_layers(model), *named_operations(model)]:
        if layers is not None and not any(fnmatchcase(path, pattern) for pattern in layers):
            continue
        if any(fnmatchcase(path, pattern) for pattern in exclude):
            continue
        site, blind = _site(path, layer, parent)
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
    if all(layer.built for _, layer, _ in named_layers(model)):
        return
    x, _, _ = keras.utils.unpack_x_y_sample_weight(data)
    model(keras.tree.map_structure(lambda part: keras.KerasTensor(part.shape, part.dtype.name), x))


def named_layers(model: Any) -> Iterator[tuple[str, Any, Any]]:
    """Yields every layer below a model once, with its path before it and its parent after it."""
    seen: set[int] = set()
    taken: dict[str, int] = {}
    stack = [("", child, model) for child in reversed(children(model))]
    while stack:
        prefix, layer, parent = stack.pop()
        if id(layer) in seen:
            continue
        seen.add(id(layer))
        path = prefix + layer.name
        taken[path] = taken.get(path, 0) + 1
        path = path if taken[path] == 1 else f"{path}~{taken[path]}"
        yield path, layer, parent
        stack.extend((path + "/", child, layer) for child in reversed(children(layer)))


def named_operations(model: Any) -> Iterator[tuple[str, Any, Any]]:
    """Yields the nodes that calls of `keras.ops` left in functional models, like `named_layers`."""
    owners = [("", model), *((f"{path}/", layer) for path, layer, _ in named_layers(model))]
    for prefix, owner in owners:
        for operation in getattr(owner, "operations", ()):
            if not isinstance(operation, keras.Layer):
                yield prefix + operation.name, operation, owner


def children(layer: Any) -> list[Any]:
    """Returns the layers directly below a layer; Keras has no public way to ask this of a plain layer."""
    return list(layer._flatten_layers(include_self=False, recursive=False))


def _site(path: str, layer: Any, parent: Any) -> tuple[Site | None, str | None]:
    kernels, biases = _own_variables(layer)
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
    site = Site(
        path=path, layer=layer, kernels=kernels, biases=biases,
        activation=None, slope=None, supremum=1.0, reads_input=False, rises=False, inner_activation=inner,
        normalises=isinstance(layer, keras.layers.BatchNormalization),
        idle_bias=isinstance(parent, ATTENTION) and layer.name == "key",
    )  # fmt: skip
    if known is None:
        return site if kernels or biases or site.normalises else None, blind
    activation, arguments = known
    facts = activation.facts(**arguments)
    reads_input = activation.slope_from == "input"
    return dataclasses.replace(
        site, activation=activation.name, slope=slope(known, layer), supremum=facts.supremum, reads_input=reads_input,
        rises=not reads_input and facts.saturates in ("none", "left"),
    ), blind  # fmt: skip


def _own_variables(layer: Any) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
    if not isinstance(layer, keras.Layer):
        return (), ()
    below = {id(variable) for child in children(layer) for variable in child.variables}
    own = [variable for variable in layer.trainable_variables if id(variable) not in below]
    if isinstance(layer, keras.layers.PReLU):
        return (), tuple(own)
    biases = [variable for variable in own if variable.name in ("bias", "beta") or len(variable.shape) == 1]
    kernels = [variable for variable in own if not any(variable is bias for bias in biases)]
    return (
        tuple(variable for variable in kernels if len(variable.shape) >= 2 and variable.name != "gamma"),
        tuple(variable for variable in biases if variable.name != "gamma"),
    )


def _name(function: Any) -> str:
    return getattr(function, "__name__", type(function).__name__)
