"""Loads a `.keras` file that has Piste's own layers and activations."""

from importlib import import_module
from pathlib import Path
from typing import Any

import keras

# Where functions and layers register themselves with Keras under the package `piste`.
_HOMES = (
    "activations.own",
    "activations.rrelu",
    "activations.smelu",
    "activations.swish",
    "always_dropping",
    "application_images",
    "scaling",
)


def load_model(file: str | Path) -> Any:
    """Loads a model from a `.keras` file, for inference or to be compiled and trained on.

    `keras.models.load_model` alone knows Piste's layers only once they were imported. Functions and layers of one's
    own are to be registered first, as when the file was written.

    Args:
        file: as `piste export --format keras` or `model.save` wrote it.

    Returns:
        A `keras.Model` that is not compiled. Nothing in the file is run: Lambda layers are refused.

    Example:
        >>> import tempfile
        >>> from piste.models.activations.smelu import SmeLU
        >>> file = Path(tempfile.mkdtemp()) / "model.keras"
        >>> keras.Sequential([keras.Input((2,)), SmeLU(name="act")]).save(file)
        >>> [layer.name for layer in load_model(file).layers]
        ['act']
    """
    for home in _HOMES:
        import_module(f"piste.models.{home}")
    return keras.models.load_model(file, compile=False, safe_mode=True)
