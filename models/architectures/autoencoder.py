"""The zoo's `autoencoder`: inputs through a narrow code to themselves (Hinton & Salakhutdinov 2006)."""

import math
from collections.abc import Sequence
from typing import Any

from piste.models.blocks import Settings, normalised
from piste.models.images import convolution, image_nodes
from piste.models.nodes import Act, Layer, Node, Spec
from piste.models.stack import stack

ENDS = ("linear", "sigmoid")


def autoencoder(
    x: Any,
    *,
    outputs: int,
    task: str,
    seed: int,
    filters: Sequence[int] = (),
    hidden: Sequence[int] = (300, 100),
    code: int = 32,
    end: str = "linear",
    activation: Spec = "relu",
    initializer: Spec = "auto",
    batch_norm: Settings | None = None,
    kernel_regularizer: Spec | None = None,
    kernel_constraint: Spec | None = None,
) -> Any:
    """An encoder, a linear code and a decoder that mirrors the encoder; for `data.reconstruct`.

    Without `filters` inputs are flattened and go through dense layers. With them 3 x 3 convolutions with stride 2 come
    first, and transposed ones last. The layer `code` holds what is known of an input.

    Args:
        x: The scaled inputs.
        outputs: Numbers of an input, which are what is predicted.
        task: `regression`.
        seed: The run's seed.
        filters: Of the encoder's convolutions; each halves height and width.
        hidden: Units of the encoder's dense layers after them; the decoder has the same in reverse.
        code: Units of the code.
        end: "linear", or "sigmoid" for outputs between 0 and 1.
        activation: Of every hidden layer but the code.
        initializer: Of every hidden layer; the code and the end have the matched ones of what they feed.
        batch_norm: Of every hidden layer but the code; see `mlp`, without `input` and `output`.
        kernel_regularizer: Of every kernel.
        kernel_constraint: Of every kernel.

    Returns:
        The inputs anew, flattened: (batch, outputs).

    Raises:
        ValueError: The task is another, or the images cannot be halved so often.

    References:
        Hinton, Salakhutdinov (2006): Reducing the dimensionality of data with neural networks. Science 313,
        doi:10.1126/science.1127647.
    """
    if task != "regression" or outputs != math.prod(x.shape[1:]):
        raise ValueError(
            f"`type: autoencoder` must predict its own inputs. Received: {task} with {outputs} outputs. "
            f"Set `data.reconstruct: true`."
        )
    if end not in ENDS:
        raise ValueError(f"`end` must be one of {', '.join(ENDS)}. Received: {end}.")
    nodes = [*_halvings(x, filters, batch_norm)]
    if filters or len(x.shape) > 2:
        nodes.append(Layer("flatten", "flatten"))
    nodes += _dense("encoder", hidden, batch_norm)
    nodes += [Layer("dense", "code", {"units": code}, "code"), *_dense("decoder", hidden[::-1], batch_norm)]
    nodes += _doublings(x, filters, batch_norm) if filters else [Layer("dense", "head", {"units": outputs})]
    if end != "linear":
        nodes.append(Act("head_act", end))
    return stack(
        x, nodes, activation=activation, initializer=initializer, seed=seed,
        kernel_regularizer=kernel_regularizer, kernel_constraint=kernel_constraint,
    )  # fmt: skip


def _dense(prefix: str, widths: Sequence[int], batch_norm: Settings | None) -> list[Node]:
    nodes: list[Node] = []
    for i, units in enumerate(widths):
        name = f"{prefix}_dense_{i + 1}"
        nodes += normalised(Layer("dense", name, {"units": units}, "hidden"), Act(f"{name}_act"), batch_norm)
    return nodes


def _halvings(x: Any, filters: Sequence[int], batch_norm: Settings | None) -> list[Node]:
    if not filters:
        return []
    if len(x.shape) not in (3, 4):
        raise ValueError(f"filters: these need images. Received: inputs of shape {tuple(x.shape[1:])}. Leave them out.")
    nodes = image_nodes(x, "autoencoder")
    if any(size % 2 ** len(filters) for size in x.shape[1:3]):
        raise ValueError(
            f"filters: {len(filters)} halvings must leave whole numbers. "
            f"Received: images of {x.shape[1]} x {x.shape[2]}. Use fewer."
        )
    for i, channels in enumerate(filters):
        nodes += convolution(f"encoder_conv_{i + 1}", channels, 3, batch_norm, strides=2, where=f"filters[{i}]")
    return nodes


def _doublings(x: Any, filters: Sequence[int], batch_norm: Settings | None) -> list[Node]:
    """From the last dense layer back to the image: one transposed convolution for each of the encoder's."""
    grid = [*(size // 2 ** len(filters) for size in x.shape[1:3]), filters[-1]]
    first = Layer("dense", "decoder_grid", {"units": math.prod(grid)})
    nodes = [
        *normalised(first, Act("decoder_grid_act"), batch_norm),
        Layer("reshape", "decoder_image", {"target_shape": grid}),
    ]
    made = [*filters[-2::-1], x.shape[3] if len(x.shape) == 4 else 1]
    for i, channels in enumerate(made):
        last = i == len(made) - 1
        name = "head" if last else f"decoder_conv_{i + 1}"
        arguments = {"filters": channels, "kernel_size": 3, "strides": 2, "padding": "same"}
        layer = Layer("conv2d_transpose", name, arguments)
        nodes += [layer] if last else normalised(layer, Act(f"{name}_act"), batch_norm)
    return [*nodes, Layer("flatten", "flat")]
