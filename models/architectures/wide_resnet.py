"""The zoo's `wide_resnet`: fewer and wider residual blocks, normalised first (Zagoruyko & Komodakis 2016)."""

from collections.abc import Sequence
from typing import Any

from piste.models.architectures.mlp import dense_end
from piste.models.blocks import NORMALISED, Settings, drop, preactivated
from piste.models.images import convolution, image_nodes
from piste.models.nodes import Layer, Node, Part, Spec, Sum
from piste.models.stack import stack


def wide_resnet(
    x: Any,
    *,
    outputs: int,
    task: str,
    seed: int,
    blocks: Sequence[int] = (2, 2, 2),
    widen: int = 2,
    filters: int = 16,
    block_dropout: float = 0.0,
    activation: Spec = "relu",
    initializer: Spec = "auto",
    batch_norm: Settings | None = NORMALISED,
    augment: Sequence[Spec] = (),
    dropout: float | Settings = 0.0,
    head: str = "softmax",
    kernel_regularizer: Spec | None = None,
    kernel_constraint: Spec | None = None,
) -> Any:
    """A wide residual network: normalisation and activation come before each of a block's two convolutions.

    y = x + W2 * act(norm(W1 * act(norm(x)))), with 3 x 3 convolutions. The first block of each stage but the first
    halves height and width. Where a block changes the shape, its input is normalised and activated once for both
    branches and goes through a 1 x 1 convolution. Stage s has `filters` x `widen` x 2^(s - 1) channels. After the last
    block come normalisation, activation, the mean over height and width, and the head.

    The paper's WRN-d-k has `widen: k` and three stages of n = (d - 4) / 6 blocks: [2, 2, 2] is WRN-16-k, [4, 4, 4]
    WRN-28-k.

    Args:
        x: The scaled images, (batch, height, width) or (batch, height, width, channels).
        outputs: Number of classes, or width of the target.
        task: `classification` ends in the `head`, `regression` is linear.
        seed: The run's seed.
        blocks: Number of blocks of each stage.
        widen: How many times wider than the stem the first stage is.
        filters: Of the stem.
        block_dropout: Rate of the dropout before the second convolution of each block.
        activation: Of every hidden layer.
        initializer: Of every hidden layer; the head has Glorot's.
        batch_norm: Before each activation, or after; null for none, and biases in the convolutions instead.
        augment: See `cnn`.
        dropout: Before the head; see `mlp`.
        head: See `mlp`.
        kernel_regularizer: See `mlp`.
        kernel_constraint: See `mlp`.

    Returns:
        Probabilities or linear outputs, (batch, outputs); (batch, 1) under `head="sigmoid"`.

    Raises:
        ValueError: The input is no image, or a rate is out of range.

    References:
        Zagoruyko, Komodakis (2016): Wide residual networks. BMVC, arXiv:1605.07146.
    """
    nodes: list[Part] = [*image_nodes(x, "wide_resnet", augment=augment, batch_norm=batch_norm)]
    nodes.append(_bare("stem", filters, 3, 1, batch_norm))
    channels = filters
    for stage, repeats in enumerate(blocks):
        width = filters * widen * 2**stage
        for place in range(repeats):
            strides = 2 if stage > 0 and place == 0 else 1
            name = f"stage_{stage + 1}_block_{place + 1}"
            main: list[Node] = [
                _bare(f"{name}_conv_1", width, 3, strides, batch_norm),
                *preactivated(f"{name}_conv_1", batch_norm),
                *drop([f"{name}_conv_2"], block_dropout)[f"{name}_conv_2"],
                _bare(f"{name}_conv_2", width, 3, 1, batch_norm),
            ]
            begin = preactivated(f"{name}_begin", batch_norm)
            if strides == 1 and width == channels:
                nodes.append(Sum(f"{name}_add", ([*begin, *main], [])))
            else:
                nodes += [*begin, Sum(f"{name}_add", (main, [_bare(f"{name}_skip", width, 1, strides, batch_norm)]))]
            channels = width
    nodes += [*preactivated("end", batch_norm), Layer("global_average_pooling2d", "pool")]
    nodes += dense_end((), outputs, task, where="", batch_norm=batch_norm, dropout=dropout, head=head)
    return stack(
        x, nodes, activation=activation, initializer=initializer, seed=seed,
        kernel_regularizer=kernel_regularizer, kernel_constraint=kernel_constraint,
    )  # fmt: skip


def _bare(name: str, filters: int, kernel_size: int, strides: int, batch_norm: Settings | None) -> Layer:
    """A convolution by itself, with a bias only where nothing is normalised."""
    (layer,) = convolution(name, filters, kernel_size, None, strides=strides, act=False)
    assert isinstance(layer, Layer)
    return Layer(layer.type, name, {**layer.arguments, "use_bias": batch_norm is None})
