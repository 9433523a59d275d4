"""The zoo's `cnn`: convolutions with pooling, dense layers and a head."""

from collections.abc import Sequence
from typing import Any

from piste.models.architectures.mlp import dense_end
from piste.models.blocks import Settings
from piste.models.images import convolution, image_nodes
from piste.models.nodes import Layer, Spec
from piste.models.stack import stack


def cnn(
    x: Any,
    *,
    outputs: int,
    task: str,
    seed: int,
    filters: Sequence[int] = (32, 64),
    kernel_size: int = 3,
    dense: Sequence[int] = (64,),
    activation: Spec = "relu",
    initializer: Spec = "auto",
    batch_norm: Settings | None = None,
    augment: Sequence[Spec] = (),
    dropout: float | Settings = 0.0,
    head: str = "softmax",
    kernel_regularizer: Spec | None = None,
    kernel_constraint: Spec | None = None,
) -> Any:
    """A small convolutional network: convolution, activation and a 2 x 2 maximum for each of `filters`.

    Args:
        x: The scaled images, (batch, height, width) or (batch, height, width, channels).
        outputs: Number of classes, or width of the target.
        task: `classification` ends in the `head`, `regression` is linear.
        seed: The run's seed.
        filters: Channels of each convolution; each halves height and width afterwards.
        kernel_size: Height and width of the kernels; padding keeps the size.
        dense: Units of each dense layer after flattening.
        activation: Of every hidden layer.
        initializer: Of every hidden layer; the head has Glorot's.
        batch_norm: Of every convolution and dense layer; see `mlp`.
        augment: Layers that change the images in training, such as `random_flip`.
        dropout: Before the dense layers; see `mlp`.
        head: "softmax", or "sigmoid" for one unit that gives the probability of the second of two classes.
        kernel_regularizer: Of every kernel, the head's included.
        kernel_constraint: Of every kernel, the head's included; norms are taken over each unit's incoming weights.

    Returns:
        Probabilities or linear outputs, (batch, outputs); (batch, 1) under `head="sigmoid"`.

    Raises:
        ValueError: The input is no image, or too small for so many halvings, or the head does not fit.

    References:
        LeCun et al. (1989): Backpropagation applied to handwritten zip code recognition. Neural Computation 1(4),
        doi:10.1162/neco.1989.1.4.541.
    """
    nodes = image_nodes(x, "cnn", augment=augment, batch_norm=batch_norm)
    for i, channels in enumerate(filters):
        name, place = f"conv_{i + 1}", f"filters[{i}]"
        nodes += convolution(name, channels, kernel_size, batch_norm, where=place)
        nodes.append(Layer("max_pooling2d", f"pool_{i + 1}", {"pool_size": 2}, place))
    nodes.append(Layer("flatten", "flatten"))
    nodes += dense_end(dense, outputs, task, where="dense", batch_norm=batch_norm, dropout=dropout, head=head)
    return stack(
        x, nodes, activation=activation, initializer=initializer, seed=seed,
        kernel_regularizer=kernel_regularizer, kernel_constraint=kernel_constraint,
    )  # fmt: skip
