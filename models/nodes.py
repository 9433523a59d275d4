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


def feeds(nodes: Sequence[Node], index: int) -> Act | None:
    """The activation that sees what the layer at `index` computes, also through layers without a kernel.

    BatchNorm, pooling, dropout and reshaping are looked through; another kernel or a recurrent layer is not.

    Example:
        >>> chain = [Layer("dense", "a"), Layer("batch_normalization", "b"), Act("a_act")]
        >>> feeds(chain, 0).name
        'a_act'
    """
    for node in nodes[index + 1 :]:
        if isinstance(node, Act):
            return node
        if has_kernel(node) or node.type in RECURRENT:
            return None
    return None
