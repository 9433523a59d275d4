"""From the config's `training` to a compiled model."""

from fnmatch import fnmatchcase
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from piste.pipelines.config.catalog import entries
from piste.pipelines.config.check_head import ONE_AGAINST_THE_REST
from piste.pipelines.config.components import Component
from piste.pipelines.config.config import Config
from piste.pipelines.config.figures import AUTO_METRIC, figure_names
from piste.pipelines.data.dataset import Data
from piste.pipelines.data.quiet import first_line
from piste.pipelines.errors import ConfigError
from piste.pipelines.one_hot_labels import label_for_each_class
from piste.pipelines.schedules.make import make_optimizer

AUTO_LOSS = {
    "classification": "sparse_categorical_crossentropy",
    "multilabel": "binary_crossentropy",
    "regression": "mean_squared_error",
}
ONE_UNIT_LOSS = "binary_crossentropy"
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
    # A classifier with one output gives the probability of the second of two classes.
    auto = ONE_UNIT_LOSS if data.classes is not None and model.output_shape[-1] == 1 else AUTO_LOSS[data.task]
    loss = auto if training.loss.type == "auto" else make("losses", training.loss)
    wanted = (Component(type=AUTO_METRIC[data.task]),) if training.metrics == "auto" else training.metrics
    # Keras itself chooses which accuracy is meant by the shape of the labels.
    names = figure_names(item.type for item in wanted)
    metrics = [
        "accuracy" if item.type == "accuracy" else _metric(item, name, data)
        for item, name in zip(wanted, names, strict=True)
    ]
    optimizer = make_optimizer(training, steps)
    _exclude(optimizer, model, config)
    model.compile(optimizer, loss=loss, metrics=metrics)
    _try(model, config, data)
    model.reset_metrics()


def _metric(item: Component, name: str, data: Data) -> Any:
    if data.task != "classification" or item.type not in ONE_AGAINST_THE_REST:
        return make("metrics", item, name=name)
    kind = label_for_each_class(getattr(keras.metrics, str(entries("metrics")[item.type].class_name)))
    return kind(**item.arguments, name=name)


def _exclude(optimizer: Any, model: Any, config: Config) -> None:
    """Tells the optimizer which weights do not decay."""
    chosen: list[Any] = []
    for index, pattern in enumerate(config.training.no_weight_decay):
        found = [variable for variable in model.trainable_variables if fnmatchcase(variable.path, pattern)]
        if not found:
            names = ", ".join(variable.path for variable in model.trainable_variables[:10])
            raise ConfigError(
                f"{config.origin(f'training.no_weight_decay[{index}]')}: a pattern must mean a trained weight, such as "
                f"{names}. Received: {pattern}."
            )
        chosen += found
    if chosen:
        optimizer.exclude_from_weight_decay(var_list=chosen)


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


def make(kind: str, component: Component, **arguments: Any) -> Any:
    """Makes the Keras object that a component of the config names, with further arguments beside its own."""
    name = entries(kind)[component.type].class_name
    return getattr(HOMES[kind], str(name))(**component.arguments, **arguments)
