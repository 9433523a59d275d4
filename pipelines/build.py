"""The front door to a model: from a config to a compiled Keras model."""

from typing import Any

from piste.pipelines.config.config import Config
from piste.pipelines.data.dataset import Data
from piste.pipelines.data.load import load_data
from piste.pipelines.environment import quiet_stderr, start_tensorflow


def build(config: Config, data: Data | None = None) -> Any:
    """Builds and compiles the Keras model that a config describes.

    Args:
        config: from `load_config`.
        data: what it is to be trained on; None loads what the config names, for shapes and scaling.

    Returns:
        A compiled `keras.Model` that takes raw input, such as uint8 pixels.

    Raises:
        PisteError: if config, data or environment do not allow it; the subclass says which.

    Example:
        >>> import piste
        >>> model = piste.build(piste.load_config("quickstart"))
        >>> model.input_shape, model.output_shape, model.count_params()
        ((None, 28, 28), (None, 10), 266610)
    """
    start_tensorflow(config.runtime, config.seed)
    from piste.pipelines.building import build_network
    from piste.pipelines.compiling import compile_model

    data = load_data(config) if data is None else data
    with quiet_stderr():
        model = build_network(config, data)
        compile_model(model, config, data)
    return model
