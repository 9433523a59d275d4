"""The zoo's `application`: any architecture of `keras.applications` as a trunk, with a head of its own."""

import random
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import keras

from piste.models.application_images import Resize, pixels_for, three_channels
from piste.models.applications import Application, find_application
from piste.models.heads import last_layer
from piste.models.nodes import Act, Layer, Node, Spec
from piste.models.seeds import layer_seed
from piste.models.stack import stack
from piste.models.swapping.swap_activations import swap_activations

TRUNK = "trunk"
POOLINGS = ("avg", "max")


def application(
    x: Any,
    *,
    outputs: int,
    task: str,
    seed: int,
    application: str,
    size: Sequence[int] | None = None,
    alpha: float | None = None,
    activation: Spec | None = None,
    pooling: str = "avg",
    dropout: float = 0.0,
    weights: str | None = None,
    head: str = "softmax",
) -> Any:
    """An architecture of `keras.applications` without its top, pooled, and a dense layer.

    The architecture is one layer of the model, `trunk`, so that it can be frozen as one. Its kernels are drawn as Keras
    draws them, from a seed that follows from the run's.

    Args:
        x: The scaled images, (batch, height, width) or (batch, height, width, channels), with one channel or three.
            One is repeated to three.
        outputs: Number of classes, or width of the target.
        task: `classification` ends in the `head`, `regression` is linear.
        seed: The run's seed.
        application: Its name, such as "MobileNetV2".
        size: Height and width that images are resized to, bilinearly; None keeps theirs.
        alpha: Width multiplier of the MobileNets; None takes 1.
        activation: In the place of the architecture's hidden activations; None keeps them. See `swap_activations`.
        pooling: Of the last feature maps: "avg" or "max".
        dropout: Rate before the head.
        weights: A local file with weights of this architecture without its top, as Keras saves or publishes them; the
            images must then be scaled to 0..1, and become what such weights expect. None draws them.
        head: "softmax", or "sigmoid" for one unit that gives the probability of the second of two classes.

    Returns:
        Probabilities or linear outputs, (batch, outputs); (batch, 1) under `head="sigmoid"`.

    Raises:
        ValueError: The input is no image or too small, an argument does not fit, or the weights cannot be read.

    References:
        Yosinski, Clune, Bengio, Lipson (2014): How transferable are features in deep neural networks? NeurIPS,
        arXiv:1411.1792. Each architecture's paper is named by `keras.applications`.
    """
    entry = find_application(application)
    if len(x.shape) not in (3, 4) or (len(x.shape) == 4 and x.shape[-1] not in (1, 3)):
        raise ValueError(
            "`type: application` must have images of height x width, with one channel or three. "
            f"Received: shape {tuple(x.shape[1:])}. Use `type: mlp`."
        )
    _check(entry, size, alpha, pooling, weights, tuple(x.shape[1:3]))
    x = three_channels(x)
    if size is not None:
        x = Resize(*size, name="resize", dtype="float32")(x)
    x = pixels_for(entry, x, published=weights is not None)
    trunk = _trunk(entry, tuple(x.shape[1:]), alpha, pooling, weights, layer_seed(seed, TRUNK, "kernel"))
    if activation is not None:
        trunk = swap_activations(trunk, activation, seed=seed).model
    units, end = last_layer(head, outputs, task)
    nodes: list[Node] = [Layer("dropout", "head_dropout", {"rate": dropout}, "dropout")] if dropout else []
    nodes += [Layer("dense", "head", {"units": units}), *([] if end is None else [Act("head_act", end)])]
    return stack(trunk(x), nodes, activation="linear", initializer="auto", seed=seed)


def _check(
    entry: Application,
    size: Sequence[int] | None,
    alpha: float | None,
    pooling: str,
    weights: str | None,
    given: tuple[int, int],
) -> None:
    height, width = given if size is None else size
    if min(height, width) < entry.smallest:
        raise ValueError(
            f"`application: {entry.name}` must have images of {entry.smallest} x {entry.smallest} or more. "
            f"Received: {height} x {width}. Set `size`, as in [{entry.smallest}, {entry.smallest}]."
        )
    if alpha is not None and not entry.alpha:
        raise ValueError(f"`alpha` must be null for {entry.name}: it is of the MobileNets. Received: {alpha:g}.")
    if pooling not in POOLINGS:
        raise ValueError(f"`pooling` must be {' or '.join(POOLINGS)}. Received: {pooling}.")
    if weights is not None and entry.preprocessing == "inside":
        raise ValueError(
            f"`weights` must be null for {entry.name}: Keras builds another model around its published weights than "
            f"around a file of them. Received: {weights}. Use EfficientNetV2B0 or a larger one."
        )
    if weights is not None and not Path(weights).expanduser().is_file():
        raise ValueError(
            f"`weights` must be a file, as nothing is downloaded. Received: {weights}. keras.applications.{entry.name}"
            "(weights='imagenet', include_top=False) puts one into ~/.keras/models."
        )


def _trunk(
    entry: Application, shape: tuple[int, ...], alpha: float | None, pooling: str, weights: str | None, seed: int
) -> Any:
    arguments: dict[str, Any] = {} if alpha is None else {"alpha": alpha}
    if entry.preprocessing == "argument":
        arguments["include_preprocessing"] = weights is not None
    make = getattr(keras.applications, entry.name)
    with _drawing_from(seed):
        trunk = make(weights=None, include_top=False, input_shape=shape, pooling=pooling, **arguments)
    if weights is not None:
        try:
            with warnings.catch_warnings():  # Keras warns, and goes on, where a file has nothing for a layer
                warnings.simplefilter("error", UserWarning)
                trunk.load_weights(Path(weights).expanduser())
        except (OSError, ValueError, KeyError, UserWarning) as error:
            raise ValueError(
                f"`weights` must be of {entry.name} without its top{'' if alpha is None else f', alpha {alpha:g}'}. "
                f"Received: {weights}, of which Keras says: {str(error).strip().splitlines()[0]}"
            ) from error
    # EfficientNetV2 finds its blocks by its own name.
    return keras.Model(trunk.input, trunk.output, name=TRUNK)


@contextmanager
def _drawing_from(seed: int) -> Iterator[None]:
    """Seeds what Keras draws the seeds of unseeded initialisers from, and puts it back."""
    state = random.getstate()
    random.seed(seed)
    try:
        yield
    finally:
        random.setstate(state)
