"""From the config's `training` to a compiled model."""

from typing import Any

import keras
import numpy as np
import tensorflow as tf

from piste.pipelines.config.catalog import entries
from piste.pipelines.config.components import Component
from piste.pipelines.config.config import Config
from piste.pipelines.data.dataset import Data
from piste.pipelines.data.quiet import first_line
from piste.pipelines.errors import ConfigError
from piste.pipelines.schedules.make import make_optimizer

AUTO_LOSS = {"classification": "sparse_categorical_crossentropy", "regression": "mean_squared_error"}
AUTO_METRIC = {"classification": "accuracy", "regression": "mean_absolute_error"}
HOMES = {"losses": keras.losses, "metrics": keras.metrics}


def compile_model(model: Any, config: Config, data: Data) -> None:
    """Gives the model its optimizer, loss and metrics, and tries the last two on one sample.

    Args:
        model: built for the data.
        config: the checked config.
        data: what it is trained on.

    Raises:
        ConfigError: if the loss or a metric does not take what the model and the data give.
    """
    training = config.training
    steps = -(-len(data.train) // config.data.batch_size)
    loss = AUTO_LOSS[data.task] if training.loss.type == "auto" else make("losses", training.loss)
    wanted = (Component(type=AUTO_METRIC[data.task]),) if training.metrics == "auto" else training.metrics
    # Keras itself chooses which accuracy is meant by the shape of the labels.
    metrics = ["accuracy" if item.type == "accuracy" else make("metrics", item) for item in wanted]
    model.compile(make_optimizer(training, steps), loss=loss, metrics=metrics)
    _try(model, config, data)
    model.reset_metrics()


def _try(model: Any, config: Config, data: Data) -> None:
    """Computes loss and metrics once, so that what does not fit is found before there is a run folder."""
    # As many samples as outputs would let targets (n,) broadcast against outputs (n, n).
    count = 2 if data.outputs != 2 else 3
    x, y = (np.resize(part, (count, *part.shape[1:])) for part in (data.train.x[:count], data.train.y[:count]))
    output = model(x)
    for key, compute in (("training.loss", model.compute_loss), ("training.metrics", model.compute_metrics)):
        try:
            compute(x, y, output)
        except (ValueError, TypeError, tf.errors.OpError) as error:
            raise ConfigError(
                f"{config.origin(key) or config.origin('training') or config.origin('data')}: `{key}` must take the "
                f"model's output, shape {('batch', *output.shape[1:])}, and targets of shape "
                f"{('batch', *y.shape[1:])}. Received from Keras: {first_line(error)}"
            ) from error


def make(kind: str, component: Component) -> Any:
    """Makes the Keras object that a component of the config names."""
    name = entries(kind)[component.type].class_name
    return getattr(HOMES[kind], str(name))(**component.arguments)
