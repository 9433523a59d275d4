"""The zoo's `lenet5`: two convolutions and three dense layers (LeCun et al. 1998)."""

from collections.abc import Sequence
from typing import Any

from piste.models.architectures.mlp import dense_end
from piste.models.blocks import Settings, normalised
from piste.models.images import convolution, image_nodes
from piste.models.nodes import Act, Layer, Spec
from piste.models.stack import stack

POOLINGS = {"max": "max_pooling2d", "average": "average_pooling2d"}


def lenet5(
    x: Any,
    *,
    outputs: int,
    task: str,
    seed: int,
    filters: Sequence[int] = (6, 16),
    dense: Sequence[int] = (120, 84),
    pooling: str = "max",
    activation: Spec = "relu",
    initializer: Spec = "auto",
    batch_norm: Settings | None = None,
    augment: Sequence[Spec] = (),
    dropout: float | Settings = 0.0,
    head: str = "softmax",
    kernel_regularizer: Spec | None = None,
    kernel_constraint: Spec | None = None,
) -> Any:
    """LeNet-5 as it is built today: 5 x 5 convolutions with 2 x 2 pooling, dense layers and a head.

    The first convolution keeps height and width, so that 28 x 28 images need no border, the others take the border
    off. What differs from the paper: every map of the second convolution sees all six maps of the first, pooling has
    no weights, and the end is softmax and no distance to drawn patterns. `pooling: average` and `activation: tanh` are
    nearer to it. 28 x 28 images of 10 classes have the 61,706 weights that are usually told of LeNet-5.

    Args:
        x: The scaled images, (batch, height, width) or (batch, height, width, channels).
        outputs: Number of classes, or width of the target.
        task: `classification` ends in the `head`, `regression` is linear.
        seed: The run's seed.
        filters: Channels of each convolution, at least one.
        dense: Units of each dense layer after flattening.
        pooling: "max" or "average", over 2 x 2.
        activation: Of every hidden layer.
        initializer: Of every hidden layer; the head has Glorot's.
        batch_norm: Of every convolution and dense layer; see `mlp`.
        augment: See `cnn`.
        dropout: Before the dense layers; see `mlp`.
        head: See `mlp`.
        kernel_regularizer: See `mlp`.
        kernel_constraint: See `mlp`.

    Returns:
        Probabilities or linear outputs, (batch, outputs); (batch, 1) under `head="sigmoid"`.

    Raises:
        ValueError: The input is no image or too small, or a choice is unknown.

    References:
        LeCun, Bottou, Bengio, Haffner (1998): Gradient-based learning applied to document recognition.
        Proceedings of the IEEE 86(11), doi:10.1109/5.726791.
    """
    if pooling not in POOLINGS:
        raise ValueError(f"`pooling` must be one of {', '.join(POOLINGS)}. Received: {pooling}.")
    nodes = image_nodes(x, "lenet5", augment=augment, batch_norm=batch_norm)
    for i, channels in enumerate(filters):
        name, place = f"conv_{i + 1}", f"filters[{i}]"
        if i == 0:
            nodes += convolution(name, channels, 5, batch_norm, where=place)
        else:
            layer = Layer("conv2d", name, {"filters": channels, "kernel_size": 5, "padding": "valid"}, place)
            nodes += normalised(layer, Act(f"{name}_act"), batch_norm)
        nodes.append(Layer(POOLINGS[pooling], f"pool_{i + 1}", {"pool_size": 2}, place))
    nodes.append(Layer("flatten", "flatten"))
    nodes += dense_end(dense, outputs, task, where="dense", batch_norm=batch_norm, dropout=dropout, head=head)
    return stack(
        x, nodes, activation=activation, initializer=initializer, seed=seed,
        kernel_regularizer=kernel_regularizer, kernel_constraint=kernel_constraint,
    )  # fmt: skip
