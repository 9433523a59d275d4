"""The zoo's `towers`: one stack of dense layers for each of two inputs, joined."""

from collections.abc import Sequence
from typing import Any

import keras

from piste.models.heads import last_layer
from piste.models.nodes import Act, Layer, Node, Spec
from piste.models.stack import stack

SIDES = ("left", "right")


def towers(
    x: Any,
    *,
    outputs: int,
    task: str,
    seed: int,
    tower: Sequence[int] = (100, 100),
    joint: Sequence[int] = (10,),
    activation: Spec = "relu",
    initializer: Spec = "auto",
    head: str = "softmax",
    kernel_regularizer: Spec | None = None,
    kernel_constraint: Spec | None = None,
) -> Any:
    """Two towers with weights of their own, whose ends are put side by side before the last layers.

    Args:
        x: The scaled pairs, (batch, 2, ...).
        outputs: Number of classes, or width of the target.
        task: `classification` ends in the `head`, `regression` is linear.
        seed: The run's seed.
        tower: Units of each tower's layers, `left_dense_1`, ... and `right_dense_1`, ...
        joint: Units of the layers after both, `dense_1`, ...
        activation: Of every hidden layer.
        initializer: Of every hidden layer; the head has Glorot's.
        head: "softmax", or "sigmoid" for one unit that gives the probability of the second of two classes.
        kernel_regularizer: Of every kernel, the head's included.
        kernel_constraint: Of every kernel, the head's included.

    Returns:
        Probabilities or linear outputs, (batch, outputs); (batch, 1) under `head="sigmoid"`.

    Raises:
        ValueError: The inputs are no pairs, or a value is out of range.

    References:
        Bromley, Guyon, LeCun, Säckinger, Shah (1993): Signature verification using a "Siamese" time delay neural
        network. NeurIPS 6. Its two towers share their weights.
    """
    if len(x.shape) < 3 or x.shape[1] != 2:
        raise ValueError(
            f"`type: towers` must have pairs of inputs, shape (batch, 2, ...). Received: shape "
            f"{('batch', *x.shape[1:])}. Set `data.pairs`, or use `type: mlp`."
        )
    arguments: dict[str, Any] = {
        "activation": activation, "initializer": initializer, "seed": seed,
        "kernel_regularizer": kernel_regularizer, "kernel_constraint": kernel_constraint,
    }  # fmt: skip
    ends = []
    for place, side in enumerate(SIDES):
        nodes: list[Node] = [Layer("flatten", f"{side}_flatten"), *_dense(tower, f"{side}_dense", "tower")]
        ends.append(stack(x[:, place], nodes, **arguments))
    both = keras.layers.Concatenate(name="both")(ends)
    units, end = last_layer(head, outputs, task)
    last: list[Node] = [Layer("dense", "head", {"units": units}), *([] if end is None else [Act("head_act", end)])]
    return stack(both, [*_dense(joint, "dense", "joint"), *last], **arguments)


def _dense(widths: Sequence[int], prefix: str, where: str) -> list[Node]:
    nodes: list[Node] = []
    for i, units in enumerate(widths):
        name = f"{prefix}_{i + 1}"
        nodes += [Layer("dense", name, {"units": units}, f"{where}[{i}]"), Act(f"{name}_act")]
    return nodes
