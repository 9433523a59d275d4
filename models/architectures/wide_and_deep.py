"""The zoo's `wide_and_deep`: inputs to output both directly and through dense layers (Cheng et al. 2016)."""

from collections.abc import Sequence
from typing import Any

from piste.models.architectures.mlp import dense_end
from piste.models.blocks import Settings, norm_node
from piste.models.nodes import Act, Layer, Node, Part, Spec, Sum
from piste.models.stack import stack


def wide_and_deep(
    x: Any,
    *,
    outputs: int,
    task: str,
    seed: int,
    hidden: Sequence[int] = (64, 32),
    activation: Spec = "relu",
    initializer: Spec = "auto",
    batch_norm: Settings | None = None,
    dropout: float | Settings = 0.0,
    head: str = "softmax",
    kernel_regularizer: Spec | None = None,
    kernel_constraint: Spec | None = None,
) -> Any:
    """A linear model and a multi-layer perceptron side by side, whose logits are added.

    logits = W x + V f(x) + b, where f are the hidden layers. The wide part W x, the layer `wide`, remembers simple
    rules; the deep part learns what is common to them. Inputs are vectors of numbers; the paper's crossed features are
    for the data to bring.

    Args:
        x: The scaled vectors, (batch, features).
        outputs: Number of classes, or width of the target.
        task: `classification` ends in the `head`, `regression` is linear.
        seed: The run's seed.
        hidden: Units of each layer of the deep part.
        activation: Of every hidden layer.
        initializer: Of every hidden layer; both ends have Glorot's.
        batch_norm: Of the deep part; `input` normalises what both parts see, `output` the sum.
        dropout: Before every dense layer of the deep part; see `mlp`.
        head: See `mlp`.
        kernel_regularizer: See `mlp`.
        kernel_constraint: See `mlp`.

    Returns:
        Probabilities or linear outputs, (batch, outputs); (batch, 1) under `head="sigmoid"`.

    Raises:
        ValueError: The inputs are no vectors, or a value is out of range.

    References:
        Cheng et al. (2016): Wide & deep learning for recommender systems. DLRS, arXiv:1606.07792.
    """
    if len(x.shape) != 2:
        raise ValueError(
            f"`type: wide_and_deep` must have vectors of numbers. Received: shape {tuple(x.shape[1:])}. "
            f"Use `type: mlp`, which flattens."
        )
    norm = batch_norm or {}
    first: list[Part] = [norm_node("input", norm)] if norm.get("input") else []
    inner = None if batch_norm is None else {**batch_norm, "output": False}
    deep = dense_end(hidden, outputs, task, where="hidden", batch_norm=inner, dropout=dropout, head=head)
    end: list[Node] = [deep.pop()] if isinstance(deep[-1], Act) else []
    last = deep[-1]
    assert isinstance(last, Layer)  # the head's kernel
    wide = Layer("dense", "wide", {"units": last.arguments["units"], "use_bias": False})
    if norm.get("output"):
        end.insert(0, norm_node("head", norm))
    return stack(
        x, [*first, Sum("logits", (deep, [wide])), *end], activation=activation, initializer=initializer, seed=seed,
        kernel_regularizer=kernel_regularizer, kernel_constraint=kernel_constraint,
    )  # fmt: skip
