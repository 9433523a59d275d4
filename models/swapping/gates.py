"""Gates that are written with the activations of hidden layers."""

from typing import Any

import keras

_DIVIDE = ("Divide", "TrueDivide")


def is_hard_sigmoid(operation: Any) -> bool:
    """Whether a relu6 is the middle of relu6(z + 3) / 6, as squeeze-and-excite blocks of MobileNetV3 have it.

    Args:
        operation: A layer or node of a functional model.
    """
    before = [tensor._keras_history.operation for node in operation._inbound_nodes for tensor in node.input_tensors]
    index = [tensor._keras_history.node_index for node in operation._inbound_nodes for tensor in node.input_tensors]
    sums = [parent._inbound_nodes[i] for parent, i in zip(before, index, strict=True)]
    if not sums or not all(_is(node, ("Add",), 3.0) for node in sums):
        return False
    after = operation._outbound_nodes
    return all(_is(node, ("Multiply",), 1 / 6) or _is(node, _DIVIDE, 6.0) for node in after)


def _is(node: Any, kinds: tuple[str, ...], constant: float) -> bool:
    numbers = [item for item in keras.tree.flatten(node.arguments.args) if isinstance(item, (int, float))]
    return type(node.operation).__name__ in kinds and any(abs(number - constant) < 1e-6 for number in numbers)
