"""From a config and its data to a Keras model."""

import re
from typing import Any

import keras

from piste.models.build import build_model
from piste.pipelines.config.config import Config
from piste.pipelines.data.dataset import Data
from piste.pipelines.errors import ConfigError, DataError


def build_network(config: Config, data: Data) -> Any:
    """Builds the model that a config describes, with its scaling fitted to the training data.

    Args:
        config: the checked config.
        data: gives the shapes, and the statistics where the scale needs them.

    Raises:
        ConfigError: if the layers do not fit each other or the data.
    """
    if config.data.scale == "unit" and data.train.x.dtype.kind not in "ui":
        raise ConfigError(
            f"{config.origin('data.scale') or config.origin('data.source')}: `scale: unit` maps the range of an "
            f"integer type to 0..1. Received: inputs of {data.input_dtype}; use standardize or none."
        )
    policy = keras.config.dtype_policy()
    keras.config.set_dtype_policy(config.runtime.precision)
    try:
        model = build_model(
            config.model.model_dump(),
            input_shape=data.input_shape,
            input_dtype=data.input_dtype,
            outputs=data.outputs,
            task=data.task,
            scale=config.data.scale,
            seed=config.seed,
            categories=None if data.table is None else data.table.categories,
        )
    except ValueError as error:
        # Where in the model, if it says so.
        place = re.match(r"`?((?:layers|augment)[\w\[\].]*|(?:blocks|filters|head|size|weights)\b)", str(error))
        origin = config.origin(f"model.{place[1]}") if place else None
        raise ConfigError(f"{origin or config.origin('model')}: {error}") from error
    finally:
        keras.config.set_dtype_policy(policy)
    if config.data.scale == "standardize":
        try:
            model.get_layer("scale").fit(data.train.x)
        except ValueError as error:
            raise DataError(f"{config.origin('data.source')}: {error}") from error
    return model
