"""Swaps the activations of any Keras model whose graph is known."""

from collections.abc import Sequence
from typing import Any

from piste.models.activations.spec import read
from piste.models.activations.table import find
from piste.models.nodes import Spec
from piste.models.swapping.copying import Copier
from piste.models.swapping.graph import has_graph
from piste.models.swapping.places import find_places, shown
from piste.models.swapping.swap import Swap, Swapped


def swap_activations(
    model: Any, activation: Spec, *, only: Sequence[str] | None = None, outputs: bool = False, seed: int = 0
) -> Swap:
    """Copies a model with its weights, another activation standing in the place of each hidden one.

    Found are activation layers, the `activation` of dense and convolutional layers, and nodes of `keras.ops`, also in
    models within the model and in layers that are called more than once. Every other layer keeps its name, its weights
    and its place; the activation of a layer `a` becomes a layer `a_act` behind it. What stays is in the account, with
    the reason: softmax, recurrent layers and others whose own code calls an activation, activations that give the
    model's output, and without `only` sigmoid, tanh, softsign and hard sigmoid, which mostly are gates.

    The given model stays as it was: Keras has no public way to change the graph of a functional model in place.

    Args:
        model: Functional or Sequential, built, and compiled or not.
        activation: The new one, a name or `{"type": name, argument: value}`. Those that learn start from the table's
            values.
        only: Names of activations to swap, such as `["relu", "sigmoid"]`; None takes all that are hidden.
        outputs: Whether activations that give the model's output are swapped too, as at the end of a trunk.
        seed: Of the draws of RReLU.

    Returns:
        The new model, not compiled, with an account of what was swapped and what was left; `str` puts it in words.

    Raises:
        ValueError: The model has no graph that Keras knows, a layer cannot be copied, the activation or a name in
            `only` is unknown, or the model has none of that name.

    Example:
        >>> import keras
        >>> layers = [keras.layers.Dense(3, activation="relu", name="a"), keras.layers.Dense(2, activation="softmax")]
        >>> swap = swap_activations(keras.Sequential([keras.Input((4,)), *layers]), "elu")
        >>> swap.swapped, [layer.name for layer in swap.model.layers][:2]
        ((Swapped(path='a', before='relu', after='elu'),), ['a', 'a_act'])
    """
    after = read(activation)
    wanted = None if only is None else [find(name).name for name in only]
    if not has_graph(model):
        raise ValueError(
            "`model` must be functional or Sequential, and built. "
            f"Received: {type(model).__name__}. Give a Sequential its input's shape; give a class of your own the "
            "activation as an argument."
        )
    places, left = find_places(model, after, wanted, outputs)
    there = {place.before[0].name for place in places} | {item.name.split(" ")[0] for item in left}
    absent = [name for name in wanted or () if name not in there]
    if absent:
        raise ValueError(f"`only` must name activations of the model. Received: {', '.join(absent)}, not there.")
    copier = Copier(places, activation, seed)
    copy = copier.copy(model)
    copier.copy_weights()
    removed = sum(_size(variable) for place in places for variable in copier.removed(place.operation))
    added = sum(_size(variable) for layer in copier.activations.values() for variable in layer.weights)
    if copy.count_params() != model.count_params() - removed + added:
        raise ValueError(
            "Layers must have weights of their own to be copied. Received: a model of which some share a variable."
        )
    swapped = tuple(Swapped(place.path, shown(place.before), shown(after)) for place in places)
    return Swap(copy, swapped, tuple(left), added, removed, bool(model.compiled))


def _size(variable: Any) -> int:
    size = 1
    for width in variable.shape:
        size *= width
    return size
