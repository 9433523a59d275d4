"""The zoo's `mobilenet_v2`: inverted residual blocks around depthwise convolutions (Sandler et al. 2018)."""

from collections.abc import Sequence
from typing import Any

from piste.models.architectures.mlp import dense_end
from piste.models.blocks import NORMALISED, Settings, normalised
from piste.models.images import convolution, image_nodes
from piste.models.nodes import Act, Layer, Node, Part, Spec, Sum
from piste.models.stack import stack

STEMS = {"cifar": 1, "imagenet": 2}
"""The stride of the first convolution."""

STEM_FILTERS, LAST_FILTERS = 32, 1280


def mobilenet_v2(
    x: Any,
    *,
    outputs: int,
    task: str,
    seed: int,
    blocks: Sequence[int] = (1, 2, 3, 4, 3, 3, 1),
    filters: Sequence[int] = (16, 24, 32, 64, 96, 160, 320),
    strides: Sequence[int] = (1, 1, 2, 2, 1, 2, 1),
    expansion: int = 6,
    stem: str = "cifar",
    width: float = 1.0,
    activation: Spec = "relu6",
    initializer: Spec = "auto",
    batch_norm: Settings | None = NORMALISED,
    augment: Sequence[Spec] = (),
    dropout: float | Settings = 0.0,
    head: str = "softmax",
    kernel_regularizer: Spec | None = None,
    kernel_constraint: Spec | None = None,
) -> Any:
    """A small network for phones: blocks that are narrow at their ends and wide inside.

    A block widens its input `expansion` times by a 1 x 1 convolution, filters each channel by itself (depthwise,
    3 x 3) and narrows it by a 1 x 1 convolution without an activation; where the shape stays the same, its input is
    added. The first stage does not widen. A 1 x 1 convolution to 1280 channels and the mean over height and width
    come before the head.

    The defaults are the paper's table with strides of 1 in the stem and the second stage, for images of about 32 x 32;
    `stem: imagenet` and `strides: [1, 2, 2, 2, 1, 2, 1]` are the paper's own.

    Args:
        x: The scaled images, (batch, height, width) or (batch, height, width, channels).
        outputs: Number of classes, or width of the target.
        task: `classification` ends in the `head`, `regression` is linear.
        seed: The run's seed.
        blocks: Number of blocks of each stage.
        filters: Channels of each stage before `width` multiplies them.
        strides: Of the first block of each stage.
        expansion: How many times wider a block is inside.
        stem: "cifar" keeps height and width in the first convolution, "imagenet" halves them.
        width: Multiplies all channels, then rounded to multiples of 8; the last 1280 are never fewer.
        activation: Of every hidden layer; the paper has relu6.
        initializer: Of every hidden layer; the head and the narrowing convolutions have Glorot's. Keras counts a
            depthwise kernel's inputs over all channels, so that it starts small; batch normalisation makes up for it.
        batch_norm: Of every convolution.
        augment: See `cnn`.
        dropout: Before the head; see `mlp`.
        head: See `mlp`.
        kernel_regularizer: See `mlp`.
        kernel_constraint: See `mlp`.

    Returns:
        Probabilities or linear outputs, (batch, outputs); (batch, 1) under `head="sigmoid"`.

    Raises:
        ValueError: The input is no image, a choice is unknown, or the stages' lists differ in length.

    References:
        Sandler, Howard, Zhu, Zhmoginov, Chen (2018): MobileNetV2: Inverted residuals and linear bottlenecks. CVPR,
        arXiv:1801.04381.
    """
    if stem not in STEMS:
        raise ValueError(f"`stem` must be one of {', '.join(STEMS)}. Received: {stem}.")
    if not len(blocks) == len(filters) == len(strides):
        lengths = f"{len(blocks)}, {len(filters)} and {len(strides)}"
        raise ValueError(f"`blocks`, `filters` and `strides` must have one number a stage. Received: {lengths}.")
    nodes: list[Part] = [*image_nodes(x, "mobilenet_v2", augment=augment, batch_norm=batch_norm)]
    channels = rounded(STEM_FILTERS * width)
    nodes += convolution("stem", channels, 3, batch_norm, strides=STEMS[stem])
    for stage, (repeats, wide, stride) in enumerate(zip(blocks, filters, strides, strict=True)):
        made, factor = rounded(wide * width), 1 if stage == 0 else expansion
        for place in range(repeats):
            name, step = f"stage_{stage + 1}_block_{place + 1}", stride if place == 0 else 1
            main = _inverted(name, channels * factor if factor > 1 else None, made, step, batch_norm)
            nodes += [Sum(f"{name}_add", (main, []))] if step == 1 and made == channels else main
            channels = made
    nodes += convolution("last", rounded(LAST_FILTERS * max(1.0, width)), 1, batch_norm)
    nodes.append(Layer("global_average_pooling2d", "pool"))
    nodes += dense_end((), outputs, task, where="", batch_norm=batch_norm, dropout=dropout, head=head)
    return stack(
        x, nodes, activation=activation, initializer=initializer, seed=seed,
        kernel_regularizer=kernel_regularizer, kernel_constraint=kernel_constraint,
    )  # fmt: skip


def rounded(channels: float) -> int:
    """The nearest multiple of 8 that is not more than a tenth too small, as the paper's own code has it.

    Example:
        >>> rounded(32 * 0.35), rounded(24 * 0.5), rounded(1280)
        (16, 16, 1280)
    """
    nearest = max(8, int(channels + 4) // 8 * 8)
    return nearest + 8 if nearest < 0.9 * channels else nearest


def _inverted(name: str, inside: int | None, made: int, strides: int, batch_norm: Settings | None) -> list[Node]:
    """A block's kernels; `inside` None for a block that does not widen."""
    widened = [] if inside is None else convolution(f"{name}_widen", inside, 1, batch_norm)
    depthwise = Layer(
        "depthwise_conv2d", f"{name}_depthwise", {"kernel_size": 3, "strides": strides, "padding": "same"}
    )
    return [
        *widened,
        *normalised(depthwise, Act(f"{name}_depthwise_act"), batch_norm),
        *convolution(f"{name}_narrow", made, 1, batch_norm, act=False),
    ]
