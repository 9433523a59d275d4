"""The zoo's `vgg`: groups of 3 x 3 convolutions with pooling (Simonyan & Zisserman 2015)."""

from collections.abc import Sequence
from typing import Any

from piste.models.architectures.mlp import dense_end
from piste.models.blocks import Settings
from piste.models.images import convolution, image_nodes
from piste.models.nodes import Layer, Spec
from piste.models.stack import stack

GROWTH = 8
"""How many times the first group's channels a group has at most: 64 become 512."""


def vgg(
    x: Any,
    *,
    outputs: int,
    task: str,
    seed: int,
    blocks: Sequence[int] = (2, 2, 2),
    filters: int = 32,
    dense: Sequence[int] = (256,),
    activation: Spec = "relu",
    initializer: Spec = "auto",
    batch_norm: Settings | None = None,
    augment: Sequence[Spec] = (),
    dropout: float | Settings = 0.0,
    head: str = "softmax",
    kernel_regularizer: Spec | None = None,
    kernel_constraint: Spec | None = None,
) -> Any:
    """A deep convolutional network of small kernels: groups of 3 x 3 convolutions, each group halving the image.

    Each group has twice the channels of the one before, up to eight times the first's. With `filters: 64` and
    `dense: [4096, 4096]` the paper's configurations are [1, 1, 2, 2, 2] (A, VGG-11), [2, 2, 2, 2, 2] (B),
    [2, 2, 3, 3, 3] (D, VGG-16) and [2, 2, 4, 4, 4] (E, VGG-19). The defaults are a small one for 28 x 28 images.

    Args:
        x: The scaled images, (batch, height, width) or (batch, height, width, channels).
        outputs: Number of classes, or width of the target.
        task: `classification` ends in the `head`, `regression` is linear.
        seed: The run's seed.
        blocks: Number of convolutions of each group.
        filters: Of the first group.
        dense: Units of each dense layer after flattening.
        activation: Of every hidden layer.
        initializer: Of every hidden layer; the head has Glorot's.
        batch_norm: Of every convolution and dense layer; see `mlp`. The paper has none.
        augment: See `cnn`.
        dropout: Before the dense layers; see `mlp`.
        head: See `mlp`.
        kernel_regularizer: See `mlp`.
        kernel_constraint: See `mlp`.

    Returns:
        Probabilities or linear outputs, (batch, outputs); (batch, 1) under `head="sigmoid"`.

    Raises:
        ValueError: The input is no image, or too small for so many groups.

    References:
        Simonyan, Zisserman (2015): Very deep convolutional networks for large-scale image recognition. ICLR,
        arXiv:1409.1556.
    """
    nodes = image_nodes(x, "vgg", augment=augment, batch_norm=batch_norm)
    for group, repeats in enumerate(blocks):
        width, where = filters * min(2**group, GROWTH), f"blocks[{group}]"
        for place in range(repeats):
            nodes += convolution(f"block_{group + 1}_conv_{place + 1}", width, 3, batch_norm, where=where)
        nodes.append(Layer("max_pooling2d", f"block_{group + 1}_pool", {"pool_size": 2}, where))
    nodes.append(Layer("flatten", "flatten"))
    nodes += dense_end(dense, outputs, task, where="dense", batch_norm=batch_norm, dropout=dropout, head=head)
    return stack(
        x, nodes, activation=activation, initializer=initializer, seed=seed,
        kernel_regularizer=kernel_regularizer, kernel_constraint=kernel_constraint,
    )  # fmt: skip
