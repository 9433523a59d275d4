"""The zoo's `mlp`: dense layers, each with its activation, and a head."""

from collections.abc import Sequence
from typing import Any

from piste.models.nodes import Act, Layer, Node, Spec
from piste.models.stack import stack


def mlp(
    x: Any,
    *,
    outputs: int,
    task: str,
    seed: int,
    hidden: Sequence[int] = (300, 100),
    activation: Spec = "relu",
    initializer: Spec = "auto",
    dropout: float = 0.0,
) -> Any:
    """A multi-layer perceptron; inputs with several axes are flattened.

    Args:
        x: The scaled input tensor.
        outputs: Number of classes, or width of the target.
        task: `classification` ends in softmax, `regression` is linear.
        seed: The run's seed.
        hidden: Units of each hidden layer.
        activation: Of every hidden layer.
        initializer: Of every hidden layer; the head has Glorot's.
        dropout: Rate before every dense layer, 0 for none. SELU wants `alpha_dropout`: name it in `layers:`.

    Returns:
        Probabilities or linear outputs, (batch, outputs).

    Raises:
        ValueError: A value is out of range.
    """
    nodes: list[Node] = [] if len(x.shape) == 2 else [Layer("flatten", "flatten")]
    nodes += dense_blocks(hidden, dropout, where="hidden")
    nodes += head(outputs, task, dropout)
    return stack(x, nodes, activation=activation, initializer=initializer, seed=seed)


def dense_blocks(hidden: Sequence[int], dropout: float, *, where: str) -> list[Node]:
    """The nodes [dropout] dense_N dense_N_act for each number of units."""
    nodes: list[Node] = []
    for i, units in enumerate(hidden):
        name, place = f"dense_{i + 1}", f"{where}[{i}]"
        nodes += drop(name, dropout)
        nodes += [Layer("dense", name, {"units": units}, place), Act(f"{name}_act")]
    return nodes


def drop(name: str, rate: float) -> list[Node]:
    """A dropout node before the layer `name`, or none at rate 0."""
    if not 0 <= rate < 1:
        raise ValueError(f"`dropout` must be at least 0 and less than 1. Received: {rate}.")
    return [Layer("dropout", f"{name}_dropout", {"rate": rate})] if rate else []


def head(outputs: int, task: str, dropout: float) -> list[Node]:
    """The last dense layer, `head`, and for classification its softmax, `head_act`."""
    nodes = [*drop("head", dropout), Layer("dense", "head", {"units": outputs})]
    return [*nodes, Act("head_act", "softmax")] if task == "classification" else nodes
