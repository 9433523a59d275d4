"""Free-form models: a list of layers with `repeat` and the placeholder `activation`."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from piste.models.activations.table import SOFTMAX
from piste.models.heads import SIGMOID, one_sigmoid
from piste.models.layers import OWN_LAYERS, RECURRENT
from piste.models.nodes import Act, Layer, Node, Spec, has_kernel

Item = str | Mapping[str, Any]

PLACEHOLDER = "activation"


def free_form(
    x: Any,
    *,
    outputs: int,
    task: str,
    seed: int,
    layers: Sequence[Item],
    activation: Spec = "relu",
    initializer: Spec = "auto",
    kernel_regularizer: Spec | None = None,
    kernel_constraint: Spec | None = None,
) -> Any:
    """The layers as written.

    Args:
        x: The scaled input tensor.
        outputs: Number of classes, or width of the target; the layers must end in so many.
        task: `classification` must end in softmax, or for two classes in one sigmoid unit; `multilabel` in sigmoid;
            `regression` may end in anything.
        seed: The run's seed.
        layers: Each a layer type, the word `activation`, `{"type": ..., arguments}` or
            `{"repeat": n, "layers": [...]}`. A layer's own `activation` becomes the layer `<name>_act`.
        activation: What the placeholder stands for.
        initializer: Of the layers that feed the placeholder.
        kernel_regularizer: Of every kernel whose layer names none of its own.
        kernel_constraint: The same for constraints.

    Returns:
        The last layer's output.

    Raises:
        ValueError: An item is malformed, Keras refuses it, or the end does not fit the task.
    """
    from piste.models.stack import stack  # here, so that chains can be had without Keras

    chain = nodes(layers)
    if task == "classification":
        _check_end(layers, chain, outputs)
    elif task == "multilabel" and not _ends_in(chain, SIGMOID):
        raise ValueError(
            "`layers` must end in a probability for each label: give the last layer `activation: sigmoid`. "
            f"Received: {chain[-1].name if chain else 'no layers'} at the end."
        )
    return stack(
        x, chain, activation=activation, initializer=initializer, seed=seed,
        kernel_regularizer=kernel_regularizer, kernel_constraint=kernel_constraint,
    )  # fmt: skip


def nodes(layers: Sequence[Item]) -> list[Node]:
    """The items as nodes with names.

    A layer without a name is called `<type>_<n>`, n counting the unnamed layers of its type; a name inside a
    repeat gets `_1`, `_2`, ... An activation is called after the layer with the kernel that feeds it.

    Example:
        >>> items = ["flatten", {"repeat": 2, "layers": [{"type": "dense", "units": 3}, "activation"]}]
        >>> [node.name for node in nodes(items)]
        ['flatten_1', 'dense_1', 'dense_1_act', 'dense_2', 'dense_2_act']
    """
    chain: list[Node] = []
    counts: Counter[str] = Counter()
    taken = {"inputs", "scale"}
    for item, where, suffix in _flat(layers, "layers", ""):
        if item == PLACEHOLDER:
            added: list[Node] = [Act(_free(_act_name(chain), taken), None, where)]
        else:
            added = _layer(item, where, suffix, counts)
        for node in added:
            if node.name in taken:
                raise ValueError(f"{node.where}: the name `{node.name}` is taken. Choose another `name`.")
            taken.add(node.name)
        chain += added
    return chain


def _flat(layers: Sequence[Item], path: str, suffix: str) -> Iterator[tuple[Item, str, str]]:
    """Items with repeats unrolled, each with where it was written and the suffix of its copy."""
    for i, item in enumerate(layers):
        where = f"{path}[{i}]"
        if isinstance(item, Mapping) and "repeat" in item:
            times = item["repeat"]
            if set(item) != {"repeat", "layers"} or isinstance(times, bool) or not isinstance(times, int) or times < 1:
                raise ValueError(f"{where}: a repeat must be `repeat: N` with N >= 1 and `layers: [...]`.")
            for copy in range(1, times + 1):
                yield from _flat(item["layers"], f"{where}.layers", f"{suffix}_{copy}")
        else:
            yield item, where, suffix


def _layer(item: Item, where: str, suffix: str, counts: Counter[str]) -> list[Node]:
    given: dict[str, Any] = {"type": item} if isinstance(item, str) else dict(item)
    type_name = given.pop("type", None)
    if not isinstance(type_name, str):
        raise ValueError(f"{where}: a layer must have a `type`. Received: {item!r}.")
    name = given.pop("name", None)
    if name is None:
        counts[type_name] += 1
        name = f"{type_name}_{counts[type_name]}"
    else:
        name = f"{name}{suffix}"
    where = f"{where} ({type_name})"
    initializer = given.pop("initializer", None)
    activation = given.pop("activation", None) if type_name not in RECURRENT else None
    added: list[Node] = [Layer(type_name, name, given, where, initializer)]
    return added if activation is None else [*added, Act(f"{name}_act", activation, where)]


def _act_name(chain: Sequence[Node]) -> str:
    for node in reversed(chain):
        if isinstance(node, Act):
            break
        if has_kernel(node):
            return f"{node.name}_act"
    last = chain[-1].name.removesuffix("_act") if chain else PLACEHOLDER
    return f"{last}_act"


def _free(name: str, taken: set[str]) -> str:
    if name not in taken:
        return name
    n = 2
    while f"{name}_{n}" in taken:
        n += 1
    return f"{name}_{n}"


def _check_end(layers: Sequence[Item], chain: Sequence[Node], outputs: int) -> None:
    if one_sigmoid({"layers": layers}):
        if outputs != 2:
            raise ValueError(
                f"`layers` must end in softmax, as one sigmoid unit is for two classes. Received: {outputs} classes."
            )
    elif not _ends_in(chain, SOFTMAX):
        raise ValueError(
            "`layers` must end in probabilities: give the last layer `activation: softmax`. "
            f"Received: {chain[-1].name if chain else 'no layers'} at the end."
        )


def _ends_in(chain: Sequence[Node], activation: str) -> bool:
    if not chain:
        return False
    last = chain[-1]
    return last.spec == activation if isinstance(last, Act) else last.type in OWN_LAYERS
