"""Which backend Keras runs on, told before Keras is imported."""

import json
import os
import sys
from pathlib import Path


def require_tensorflow() -> None:
    """Refuses another backend than TensorFlow, which Keras would try to import.

    Raises:
        ImportError: if Keras runs, or would run, on another one.
    """
    backend, where = _backend()
    if backend != "tensorflow":
        raise ImportError(f"Piste needs Keras on TensorFlow. Received: {where}; set it to tensorflow.")


def _backend() -> tuple[str, str]:
    keras = sys.modules.get("keras")
    if keras is not None and hasattr(keras, "config"):
        name = str(keras.config.backend())
        return name, f"Keras, already imported with the backend {name}"
    if name := os.environ.get("KERAS_BACKEND", ""):
        return name, f"KERAS_BACKEND={name}"
    file = Path(os.environ.get("KERAS_HOME") or Path("~/.keras").expanduser()) / "keras.json"
    try:
        name = str(json.loads(file.read_text(encoding="utf-8"))["backend"])
    except (OSError, ValueError, KeyError, TypeError):
        return "tensorflow", "no file of Keras's own that says otherwise"
    return name, f"the backend {name} in {file}"
