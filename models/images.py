"""How image models begin: images have channels, and augmentation and normalisation come before all else."""

from collections.abc import Mapping, Sequence
from typing import Any

from piste.models.blocks import Settings, norm_node, normalised
from piste.models.nodes import Act, Layer, Node, Spec

AUGMENTATIONS = ("random_contrast", "random_flip", "random_rotation", "random_translation", "random_zoom")
"""What `augment` may name: Keras's layers that change images in training and hand them on otherwise."""


def image_nodes(x: Any, label: str, *, augment: Sequence[Spec] = (), batch_norm: Settings | None = None) -> list[Node]:
    """The channel axis where there is none, `augment_1`, ... and, if `batch_norm` says so, `input_norm`.

    Args:
        x: The scaled images, (batch, height, width) or (batch, height, width, channels).
        label: The model's `type`, for the message.
        augment: Each a name of `AUGMENTATIONS` or a map with `type`.
        batch_norm: `{"input": bool, ...}`.

    Raises:
        ValueError: These are no images, or an augmentation is none.
    """
    if len(x.shape) not in (3, 4):
        raise ValueError(
            f"`type: {label}` must have images of height x width (x channels). "
            f"Received: shape {tuple(x.shape[1:])}. Use `type: mlp`."
        )
    nodes: list[Node] = []
    if len(x.shape) == 3:
        nodes.append(Layer("reshape", "channels", {"target_shape": [*x.shape[1:], 1]}))
    for i, item in enumerate(augment):
        given = {"type": item} if isinstance(item, str) else dict(item) if isinstance(item, Mapping) else {}
        kind = given.pop("type", None)
        if kind not in AUGMENTATIONS:
            raise ValueError(f"augment[{i}]: must be one of {', '.join(AUGMENTATIONS)}. Received: {kind or item}.")
        nodes.append(Layer(kind, f"augment_{i + 1}", given, f"augment[{i}]"))
    if batch_norm is not None and batch_norm.get("input"):
        nodes.append(norm_node("input", batch_norm))
    return nodes


def convolution(
    name: str,
    filters: int,
    kernel_size: int,
    batch_norm: Settings | None,
    *,
    strides: int = 1,
    act: bool = True,
    where: str = "",
) -> list[Node]:
    """A convolution that keeps height and width but for its strides, with its normalisation and activation.

    Args:
        name: Of the convolution; the others are `<name>_norm` and `<name>_act`.
        filters: Channels of its output.
        kernel_size: Height and width of the kernels.
        batch_norm: As `piste.models.blocks.normalised` has it.
        strides: Of height and width.
        act: Whether an activation follows.
        where: The key that asks for it, for error messages.
    """
    arguments = {"filters": filters, "kernel_size": kernel_size, "strides": strides, "padding": "same"}
    return normalised(Layer("conv2d", name, arguments, where), Act(f"{name}_act") if act else None, batch_norm)
