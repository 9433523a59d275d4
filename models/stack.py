"""Applies a chain of nodes to a tensor: where layers meet activations, initialisers and seeds."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import keras

from piste.models.activations.realise import layer as activation_layer
from piste.models.activations.spec import read
from piste.models.activations.table import SOFTMAX
from piste.models.initializers import matched
from piste.models.make_layer import make_layer
from piste.models.nodes import Act, Layer, Node, Part, Spec, Sum, feeds, has_kernel, kernels
from piste.models.seeds import layer_seed

FLOAT32 = "float32"


@dataclass(frozen=True)
class _Choices:
    """What the model chooses for all its layers."""

    activation: Spec
    initializer: Spec
    seed: int
    shared: Mapping[str, Spec | None]


def stack(
    x: Any,
    nodes: Sequence[Part],
    *,
    activation: Spec,
    initializer: Spec,
    seed: int,
    kernel_regularizer: Spec | None = None,
    kernel_constraint: Spec | None = None,
) -> Any:
    """Builds every node and calls it on the tensor before it.

    The layers that feed the model's activation get the model's initialiser, under `auto` the matched one.
    A layer that feeds an activation of its own gets that one's matched initialiser, and one that feeds none
    Glorot's. The last node computes in float32 under every precision policy.

    Args:
        x: The input tensor.
        nodes: The chain.
        activation: The model's choice, a name or `{"type": name, ...}`.
        initializer: `auto`, a name or `{"type": name, ...}`.
        seed: The run's seed.
        kernel_regularizer: Of every kernel whose layer names none of its own.
        kernel_constraint: The same for constraints.

    Raises:
        ValueError: Keras refuses a layer or its input; the message begins with where it was written.
    """
    shared = {"regularizer": kernel_regularizer, "constraint": kernel_constraint}
    return _apply(x, nodes, (), _Choices(activation, initializer, seed, shared), last=True)


def _apply(x: Any, nodes: Sequence[Part], after: Sequence[Part], choices: _Choices, *, last: bool) -> Any:
    """Applies a chain that goes on with `after`; `last` says whether the model ends with it."""
    chain = [*nodes, *after]
    for index, node in enumerate(nodes):
        dtype = FLOAT32 if last and index == len(nodes) - 1 else None
        if isinstance(node, Sum):
            rest = chain[index + 1 :]
            ends = [_apply(x, branch, rest, choices, last=dtype == FLOAT32) for branch in node.branches]
            x = keras.layers.Add(name=node.name, dtype=dtype)(ends)
            continue
        try:
            x = _made(node, chain, index, choices, rank=len(x.shape), dtype=dtype)(x)
        except (TypeError, ValueError) as error:
            raise ValueError(f"{node.where or node.name}: {_reason(error)}") from error
        if 0 in x.shape[1:]:
            raise ValueError(
                f"{node.where or node.name}: the output must not be empty. Received: shape {tuple(x.shape)}. "
                f"Shrink less before it: fewer or smaller pools, strides or kernels."
            )
    return x


def _made(node: Node, chain: Sequence[Part], index: int, choices: _Choices, *, rank: int, dtype: str | None) -> Any:
    """The Keras layer of a node."""
    if isinstance(node, Act):
        spec = choices.activation if node.spec is None else node.spec
        draws = layer_seed(choices.seed, node.name, "noise")
        return activation_layer(spec, name=node.name, rank=rank, dtype=dtype, seed=draws)
    return make_layer(
        node.type,
        name=node.name,
        arguments=_for_kernels(node, choices.shared) | dict(node.arguments),
        seed=choices.seed,
        initializer=_initializer(chain, index, choices.activation, choices.initializer),
        dtype=dtype,
    )


def _for_kernels(node: Layer, shared: Mapping[str, Spec | None]) -> dict[str, Any]:
    """The model's regulariser and constraint, under the names that a layer with kernels has for them."""
    return {f"{kernel}_{kind}": spec for kind, spec in shared.items() if spec for kernel in kernels(node)}


def _reason(error: Exception) -> str:
    """Keras's message without its colours, its preamble and its dump of arguments."""
    text = re.sub("\x1b\\[[0-9]*m", "", str(error))
    text = re.sub(r"\A(Exception|Error) encountered when calling .*\n+", "", text)
    return text.split("\n\nArguments received")[0].strip()


def _initializer(nodes: Sequence[Part], index: int, activation: Spec, initializer: Spec) -> Spec | None:
    node = nodes[index]
    assert isinstance(node, Layer)
    if not has_kernel(node):
        return node.initializer
    fed = feeds(nodes, index)
    chosen = node.initializer
    if chosen is None:
        chosen = initializer if fed is not None and fed.spec is None else "auto"
    if chosen != "auto":
        return chosen
    if fed is None:
        return matched(None)
    spec = activation if fed.spec is None else fed.spec
    return matched(None if spec == SOFTMAX else read(spec)[0].name)
