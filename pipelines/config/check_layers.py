"""Rules of `model.layers` as a whole: names are unique, and classification ends in probabilities."""

from collections.abc import Iterator

from piste.models.activations.table import SOFTMAX
from piste.models.heads import SIGMOID, one_sigmoid
from piste.models.layers import OWN_LAYERS
from piste.pipelines.config.faults import Fault, Path
from piste.pipelines.config.schema.layers import Layer, Repeat

Items = tuple[Layer | Repeat, ...]


def layer_names(layers: Items) -> Iterator[Fault]:
    """Yields a fault for every name that an earlier layer has, at the same depth of `repeat`."""
    taken: set[tuple[int, str]] = set()
    for depth, path, layer in _flat(layers, 0, ("model", "layers")):
        if layer.name is None:
            continue
        if (depth, layer.name) in taken:
            yield Fault("is the name of an earlier layer: choose another", (*path, "name"), received=layer.name)
        taken.add((depth, layer.name))


def ending(layers: Items, task: str, count: int | None) -> Iterator[Fault]:
    """Yields a fault when classification does not end in probabilities, or regression in softmax.

    Args:
        layers: of the model.
        task: what is predicted.
        count: of the classes; None where it is not known. Two may end in one sigmoid unit.
    """
    *_, (_, path, last) = _flat(layers, 0, ("model", "layers"))
    softmax = last.activation is not None and last.activation.type == SOFTMAX
    if task == "regression":
        if softmax:
            says = "must not be softmax: regression ends in numbers"
            yield Fault(says, (*path, "activation"), received=SOFTMAX)
    elif task == "multilabel":
        sigmoid = last.activation is not None and last.activation.type == SIGMOID
        if not sigmoid and last.type not in OWN_LAYERS:
            says = "must end in a probability for each label: give the last layer `activation: sigmoid`"
            yield Fault(says, path, received=last.type)
    elif one_sigmoid({"layers": [last.plain()]}):
        if count not in (None, 2):
            says = "must be softmax, as one sigmoid unit tells two classes apart"
            yield Fault(says, (*path, "activation"), received=f"{count} classes")
    elif not softmax and last.type not in OWN_LAYERS:
        says = "must end in probabilities for classification: give the last layer `activation: softmax`"
        yield Fault(says, path, received=last.type)


def _flat(layers: Items, depth: int, path: Path) -> Iterator[tuple[int, Path, Layer]]:
    for index, item in enumerate(layers):
        if isinstance(item, Repeat):
            yield from _flat(item.layers, depth + 1, (*path, index, "layers"))
        else:
            yield depth, (*path, index), item
