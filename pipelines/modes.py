"""How the loop runs: the rule behind `mode: auto`."""

from dataclasses import dataclass
from typing import Any

import tensorflow as tf
from keras import Model, layers

from piste.pipelines.config.config import Config
from piste.pipelines.data.dataset import Data
from piste.pipelines.errors import ConfigError
from piste.pipelines.random_layers import draws

CONVOLUTIONS = (
    layers.Conv1D, layers.Conv2D, layers.Conv3D, layers.DepthwiseConv1D, layers.DepthwiseConv2D,
    layers.SeparableConv1D, layers.SeparableConv2D, layers.Conv1DTranspose, layers.Conv2DTranspose,
)  # fmt: skip
NOT_IN_XLA = (layers.RandomRotation, layers.RandomTranslation, layers.RandomZoom)
# XLA refuses their gradient when ops must be deterministic, on CPUs too. In three dimensions it does not.
NOT_DETERMINISTIC_IN_XLA = (layers.MaxPooling1D, layers.MaxPooling2D)
MIB = 2**20


@dataclass(frozen=True)
class Mode:
    """The chosen mode and the reason, in words.

    Args:
        name: "fused", "graph" or "stream".
        why: one sentence.
    """

    name: str
    why: str


def choose_mode(config: Config, model: Any, data: Data) -> Mode:
    """Applies the rule: large data streams, XLA is for what it can compile and compile well, all else is fused.

    Args:
        config: the checked config.
        model: the built model.
        data: what it is trained on.

    Raises:
        ConfigError: if the config asks for a mode that cannot run this model.
    """
    asked = config.training.mode
    every = list(model._flatten_layers())
    deterministic = config.runtime.deterministic
    kinds = NOT_IN_XLA + (NOT_DETERMINISTIC_IN_XLA if deterministic else ())
    blocked = next((layer for layer in every if isinstance(layer, kinds)), None)
    settled = " with `runtime.deterministic`" if isinstance(blocked, NOT_DETERMINISTIC_IN_XLA) else ""
    if asked == "fused" and blocked is not None:
        raise ConfigError(
            f"{config.origin('training.mode')}: `mode: fused` needs layers that XLA can compile{settled}. Received: "
            f"{blocked.name} ({type(blocked).__name__}); use `mode: graph` or auto."
        )
    if asked != "auto":
        return Mode(asked, "the config asks for it")
    size = (data.train.x.nbytes + data.train.y.nbytes) / MIB
    if size > config.runtime.memory_limit:
        return Mode("stream", f"the training data, {size:.0f} MiB, is over the limit of {config.runtime.memory_limit}")
    if blocked is not None:
        return Mode("graph", f"XLA cannot compile {type(blocked).__name__}{settled}")
    convolution = next((layer for layer in every if isinstance(layer, CONVOLUTIONS)), None)
    if convolution is not None and not tf.config.list_physical_devices("GPU"):
        return Mode("graph", f"XLA on a CPU is slow for {type(convolution).__name__}")
    random = next((layer for layer in every if draws(layer) and not isinstance(layer, Model)), None)
    if random is not None and not tf.config.list_physical_devices("GPU"):
        return Mode("graph", f"XLA on a CPU is slow for the random numbers of {type(random).__name__}")
    return Mode("fused", "the data fits and XLA compiles every layer")
