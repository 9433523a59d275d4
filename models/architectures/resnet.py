"""The zoo's `resnet`: residual blocks of two or three convolutions (He et al. 2016)."""

from collections.abc import Sequence
from typing import Any

from piste.models.architectures.mlp import dense_end
from piste.models.blocks import NORMALISED, Settings
from piste.models.images import convolution, image_nodes
from piste.models.nodes import Act, Layer, Node, Part, Spec, Sum
from piste.models.stack import stack

EXPANSION = {"basic": 1, "bottleneck": 4}
"""Kinds of blocks, and how many times as many channels as its `filters` a block gives."""

STEMS = ("cifar", "imagenet")


def resnet(
    x: Any,
    *,
    outputs: int,
    task: str,
    seed: int,
    blocks: Sequence[int] = (3, 3, 3),
    block: str = "basic",
    stem: str = "cifar",
    filters: int = 16,
    activation: Spec = "relu",
    initializer: Spec = "auto",
    batch_norm: Settings | None = NORMALISED,
    augment: Sequence[Spec] = (),
    dropout: float | Settings = 0.0,
    head: str = "softmax",
    kernel_regularizer: Spec | None = None,
    kernel_constraint: Spec | None = None,
) -> Any:
    """A residual network: each block adds what its convolutions make of its input to that input.

    y = activation(x + F(x)); F is two 3 x 3 convolutions ("basic"), or 1 x 1, 3 x 3 and 1 x 1 with a quarter of the
    channels inside ("bottleneck"). The first block of each stage but the first halves height and width in its first
    3 x 3 convolution. Where F changes the shape, x goes through a 1 x 1 convolution (the paper's option B). Each
    stage has twice the channels of the one before. The mean over height and width feeds the head.

    Depth counts kernels: `blocks` of n are the paper's nets for CIFAR-10 with 6 n + 2 layers, [1, 1, 1] ResNet-8 and
    [3, 3, 3] ResNet-20; with `stem: imagenet` and `filters: 64`, [2, 2, 2, 2] is ResNet-18 and, as bottlenecks,
    [3, 4, 6, 3] ResNet-50.

    Args:
        x: The scaled images, (batch, height, width) or (batch, height, width, channels).
        outputs: Number of classes, or width of the target.
        task: `classification` ends in the `head`, `regression` is linear.
        seed: The run's seed.
        blocks: Number of blocks of each stage.
        block: "basic" or "bottleneck".
        stem: "cifar" begins with a 3 x 3 convolution, "imagenet" with one of 7 x 7 and a 3 x 3 maximum, which
            together make the image four times smaller.
        filters: Of the stem and of the first stage.
        activation: Of every hidden layer.
        initializer: Of every hidden layer; the head has Glorot's.
        batch_norm: Of every convolution; the last of a block is normalised before the sum under either position.
        augment: See `cnn`.
        dropout: Before the head; see `mlp`.
        head: See `mlp`.
        kernel_regularizer: See `mlp`.
        kernel_constraint: See `mlp`.

    Returns:
        Probabilities or linear outputs, (batch, outputs); (batch, 1) under `head="sigmoid"`.

    Raises:
        ValueError: The input is no image, or a choice is unknown.

    References:
        He, Zhang, Ren, Sun (2016): Deep residual learning for image recognition. CVPR, arXiv:1512.03385.
    """
    if block not in EXPANSION:
        raise ValueError(f"`block` must be one of {', '.join(EXPANSION)}. Received: {block}.")
    nodes: list[Part] = [*image_nodes(x, "resnet", augment=augment, batch_norm=batch_norm)]
    nodes += _stem(stem, filters, batch_norm)
    channels = filters
    for stage, repeats in enumerate(blocks):
        width = filters * 2**stage
        for place in range(repeats):
            strides = 2 if stage > 0 and place == 0 else 1
            name = f"stage_{stage + 1}_block_{place + 1}"
            main = _main(block, name, width, strides, batch_norm)
            made = width * EXPANSION[block]
            same = strides == 1 and made == channels
            skip = [] if same else convolution(f"{name}_skip", made, 1, batch_norm, strides=strides, act=False)
            nodes += [Sum(f"{name}_add", (main, skip)), Act(f"{name}_act")]
            channels = made
    nodes.append(Layer("global_average_pooling2d", "pool"))
    nodes += dense_end((), outputs, task, where="", batch_norm=batch_norm, dropout=dropout, head=head)
    return stack(
        x, nodes, activation=activation, initializer=initializer, seed=seed,
        kernel_regularizer=kernel_regularizer, kernel_constraint=kernel_constraint,
    )  # fmt: skip


def _stem(stem: str, filters: int, batch_norm: Settings | None) -> list[Node]:
    if stem not in STEMS:
        raise ValueError(f"`stem` must be one of {', '.join(STEMS)}. Received: {stem}.")
    if stem == "cifar":
        return convolution("stem", filters, 3, batch_norm)
    pool = Layer("max_pooling2d", "stem_pool", {"pool_size": 3, "strides": 2, "padding": "same"})
    return [*convolution("stem", filters, 7, batch_norm, strides=2), pool]


def _main(block: str, name: str, width: int, strides: int, batch_norm: Settings | None) -> list[Node]:
    """The convolutions of a block, the last one without an activation of its own."""
    first, second, third = (f"{name}_conv_{place}" for place in (1, 2, 3))
    if block == "basic":
        return [
            *convolution(first, width, 3, batch_norm, strides=strides),
            *convolution(second, width, 3, batch_norm, act=False),
        ]
    return [
        *convolution(first, width, 1, batch_norm),
        *convolution(second, width, 3, batch_norm, strides=strides),
        *convolution(third, EXPANSION[block] * width, 1, batch_norm, act=False),
    ]
