"""The zoo's `residual_mlp`: residual blocks of dense layers (Gorishniy et al. 2021)."""

from typing import Any

from piste.models.architectures.mlp import dense_end
from piste.models.blocks import AFTER, NORMALISED, Settings, drop, norm_node, preactivated
from piste.models.nodes import Act, Layer, Node, Part, Spec, Sum
from piste.models.stack import stack


def residual_mlp(
    x: Any,
    *,
    outputs: int,
    task: str,
    seed: int,
    blocks: int = 4,
    width: int = 128,
    hidden: int = 256,
    activation: Spec = "relu",
    initializer: Spec = "auto",
    batch_norm: Settings | None = NORMALISED,
    dropout: float | Settings = 0.0,
    head: str = "softmax",
    kernel_regularizer: Spec | None = None,
    kernel_constraint: Spec | None = None,
) -> Any:
    """A residual network of dense layers; inputs with several axes are flattened.

    h = W0 x, then in each block h = h + W2 * dropout(activation(W1 * norm(h))), and at the end the head of
    activation(norm(h)): the ResNet for tables of the paper, without its dropout after W2.

    Args:
        x: The scaled input tensor.
        outputs: Number of classes, or width of the target.
        task: `classification` ends in the `head`, `regression` is linear.
        seed: The run's seed.
        blocks: How many.
        width: Units between the blocks.
        hidden: Units inside a block.
        activation: In every block and before the head.
        initializer: Of the kernels that feed an activation; the others have Glorot's.
        batch_norm: At the beginning of each block, or after its activation; see `mlp`.
        dropout: Before the second layer of each block and before the head; see `mlp`.
        head: See `mlp`.
        kernel_regularizer: See `mlp`.
        kernel_constraint: See `mlp`.

    Returns:
        Probabilities or linear outputs, (batch, outputs); (batch, 1) under `head="sigmoid"`.

    Raises:
        ValueError: A value is out of range.

    References:
        Gorishniy, Rubachev, Khrulkov, Babenko (2021): Revisiting deep learning models for tabular data. NeurIPS,
        arXiv:2106.11959.
    """
    nodes: list[Part] = [] if len(x.shape) == 2 else [Layer("flatten", "flatten")]
    if batch_norm is not None and batch_norm.get("input"):
        nodes.append(norm_node("input", batch_norm))
    nodes.append(Layer("dense", "stem", {"units": width}, "width"))
    names = [f"block_{i + 1}" for i in range(blocks)]
    dropped = drop([*(f"{name}_dense_2" for name in names), "head"], dropout)
    for name in names:
        main = _main(name, hidden, width, batch_norm, dropped[f"{name}_dense_2"])
        nodes.append(Sum(f"{name}_add", (main, [])))
    nodes += [*preactivated("end", batch_norm), *dropped["head"]]
    nodes += dense_end((), outputs, task, where="", batch_norm=batch_norm, dropout=0.0, head=head)
    return stack(
        x, nodes, activation=activation, initializer=initializer, seed=seed,
        kernel_regularizer=kernel_regularizer, kernel_constraint=kernel_constraint,
    )  # fmt: skip


def _main(name: str, hidden: int, width: int, batch_norm: Settings | None, dropped: list[Node]) -> list[Node]:
    inner: list[Node] = [Layer("dense", f"{name}_dense_1", {"units": hidden}, "hidden"), Act(f"{name}_dense_1_act")]
    if batch_norm is not None:
        norm = norm_node(name, batch_norm)
        inner = [*inner, norm] if batch_norm.get("position") == AFTER else [norm, *inner]
    return [*inner, *dropped, Layer("dense", f"{name}_dense_2", {"units": width}, "width")]
