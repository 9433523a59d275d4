"""The zoo's `mlp`: dense layers with their activations, and a head."""

from collections.abc import Mapping, Sequence
from typing import Any

from piste.models.blocks import Settings, drop, norm_node, normalised
from piste.models.heads import last_layer
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
    batch_norm: Settings | None = None,
    dropout: float | Settings = 0.0,
    head: str = "softmax",
    kernel_regularizer: Spec | None = None,
    kernel_constraint: Spec | None = None,
) -> Any:
    """A multi-layer perceptron; inputs with several axes are flattened.

    Args:
        x: The scaled input tensor.
        outputs: Number of classes, or width of the target.
        task: `classification` ends in the `head`, `regression` is linear.
        seed: The run's seed.
        hidden: Units of each hidden layer.
        activation: Of every hidden layer.
        initializer: Of every hidden layer; the head has Glorot's.
        batch_norm: `{"position": "before" or "after" the activations, "input": bool, "output": bool, "momentum": ...,
            "epsilon": ...}`; `input` normalises the inputs too, `output` the logits. None for none.
        dropout: Rate before every dense layer, 0 for none; or `{"type": "alpha_dropout", "rate": ..., "last": n}`,
            as SELU wants it, with `last` only before the last n dense layers. `mc_dropout` keeps it on when judging.
        head: "softmax", or "sigmoid" for one unit that gives the probability of the second of two classes.
        kernel_regularizer: Of every kernel, the head's included.
        kernel_constraint: Of every kernel, the head's included; norms are taken over each unit's incoming weights.

    Returns:
        Probabilities or linear outputs, (batch, outputs); (batch, 1) under `head="sigmoid"`.

    Raises:
        ValueError: A value is out of range.

    References:
        Rumelhart, Hinton, Williams (1986): Learning representations by back-propagating errors. Nature 323,
        doi:10.1038/323533a0. With SELU and alpha dropout: Klambauer, Unterthiner, Mayr, Hochreiter (2017):
        Self-normalizing neural networks. NeurIPS, arXiv:1706.02515.
    """
    nodes: list[Node] = [] if len(x.shape) == 2 else [Layer("flatten", "flatten")]
    if batch_norm is not None and batch_norm.get("input"):
        nodes.append(norm_node("input", batch_norm))
    nodes += dense_end(hidden, outputs, task, where="hidden", batch_norm=batch_norm, dropout=dropout, head=head)
    return stack(
        x, nodes, activation=activation, initializer=initializer, seed=seed,
        kernel_regularizer=kernel_regularizer, kernel_constraint=kernel_constraint,
    )  # fmt: skip


def dense_end(
    hidden: Sequence[int],
    outputs: int,
    task: str,
    *,
    where: str,
    batch_norm: Mapping[str, Any] | None,
    dropout: float | Mapping[str, Any],
    head: str,
) -> list[Node]:
    """The hidden dense layers `dense_1`, ... and the last one, `head`, with all that stands around them."""
    names = [f"dense_{i + 1}" for i in range(len(hidden))]
    dropped = drop([*names, "head"], dropout)
    nodes: list[Node] = []
    for i, (name, width) in enumerate(zip(names, hidden, strict=True)):
        layer = Layer("dense", name, {"units": width}, f"{where}[{i}]")
        nodes += [*dropped[name], *normalised(layer, Act(f"{name}_act"), batch_norm)]
    units, activation = last_layer(head, outputs, task)
    end = None if activation is None else Act("head_act", activation)
    logits = {**batch_norm, "position": "before"} if batch_norm and batch_norm.get("output") else None
    return [*nodes, *dropped["head"], *normalised(Layer("dense", "head", {"units": units}), end, logits)]
