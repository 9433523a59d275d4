"""What a chain of layers is made of before Keras builds it: plain values, importable without Keras."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from piste.models.layers import RECURRENT

Spec = str | Mapping[str, Any]


@dataclass(frozen=True)
class Layer:
    """One layer that is no activation.

    Attributes:
        type: The config's `type`.
        name: Its name in the model, also the path its seeds are hashed from.
        arguments: Keras's arguments.
        where: Where the user wrote it, for error messages.
        initializer: Of its kernels; None leaves the choice to the model.
    """

    type: str
    name: str
    arguments: Mapping[str, Any] = field(default_factory=dict)
    where: str = ""
    initializer: Spec | None = None


@dataclass(frozen=True)
class Act:
    """One activation, always a layer of its own; `spec` None stands for the model's choice."""

    name: str
    spec: Spec | None = None
    where: str = ""


Node = Layer | Act


@dataclass(frozen=True)
class Sum:
    """What branches make of one tensor, added up.

    Attributes:
        name: Of the layer that adds.
        branches: Chains; one without nodes hands the tensor on as it is. The first is the one that a layer
            before the sum is said to feed.
    """

    name: str
    branches: tuple[Sequence["Part"], ...]


Part = Layer | Act | Sum

_WITH_KERNEL = (
    "dense",
    "conv1d",
    "conv2d",
    "conv3d",
    "conv1d_transpose",
    "conv2d_transpose",
    "depthwise_conv1d",
    "depthwise_conv2d",
    "separable_conv1d",
    "separable_conv2d",
)


def has_kernel(node: Layer) -> bool:
    """Whether the node's weights set the scale of its output, so that an activation wants them matched."""
    return node.type in _WITH_KERNEL


def kernels(node: Layer) -> tuple[str, ...]:
    """What the layer's kernels are called in the names of its arguments, such as `kernel_regularizer`.

    Example:
        >>> kernels(Layer("separable_conv2d", "a"))
        ('depthwise', 'pointwise')
    """
    if not has_kernel(node):
        return ()
    if node.type.startswith("separable"):
        return ("depthwise", "pointwise")
    return ("depthwise",) if node.type.startswith("depthwise") else ("kernel",)


def feeds(nodes: Sequence[Part], index: int) -> Act | None:
    """The activation that sees what the layer at `index` computes, also through layers without a kernel.

    BatchNorm, pooling, dropout and reshaping are looked through; another kernel or a recurrent layer is not. Of a
    sum the first branch is followed, and what comes after the sum where that branch is at its end.

    Example:
        >>> chain = [Layer("dense", "a"), Layer("batch_normalization", "b"), Act("a_act")]
        >>> feeds(chain, 0).name
        'a_act'
        >>> feeds([Layer("dense", "a"), Sum("s", ([Act("inner_act"), Layer("dense", "b")], []))], 0).name
        'inner_act'
    """
    return _first(nodes[index + 1 :])


def _first(nodes: Sequence[Part]) -> Act | None:
    for place, node in enumerate(nodes):
        if isinstance(node, Sum):
            return _first([*node.branches[0], *nodes[place + 1 :]])
        if isinstance(node, Act):
            return node
        if has_kernel(node) or node.type in RECURRENT:
            return None
    return None
