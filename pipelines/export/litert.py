"""Writes a model as a LiteRT file, the format that was called TensorFlow Lite."""

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import keras
import tensorflow as tf

from piste.pipelines.errors import ArtefactError
from piste.pipelines.export.forward import forward, input_spec


def write_litert(model: Any, file: Path, *, classes: Sequence[str] | None, quantize: str | None = None) -> None:
    """Writes a LiteRT file whose signature `serving_default` takes `inputs`, raw and any number of them.

    It gives `probabilities` or `predictions`, float32, by LiteRT's own operations alone.

    Args:
        model: With one input and one output, computing in float32.
        file: Where to.
        classes: The classes' names by index; None for regression.
        quantize: None keeps float32 weights; "float16" stores them in half the space; "int8" in a quarter, and
            quantises activations while it runs.

    Raises:
        ArtefactError: The model has an operation that LiteRT lacks.
    """
    archive = keras.export.ExportArchive()
    archive.add_endpoint("serve", forward(model, classes), [input_spec(model)])
    with TemporaryDirectory(prefix="piste-litert-") as folder:
        archive.write_out(folder, verbose=False)
        converter = tf.lite.TFLiteConverter.from_saved_model(folder, signature_keys=["serving_default"])
        converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS]
        if quantize is not None:
            converter.optimizations = [tf.lite.Optimize.DEFAULT]
        if quantize == "float16":
            converter.target_spec.supported_types = [tf.float16]
        try:
            content = converter.convert()
        except Exception as error:  # the converter has an exception of its own, which is not public
            lines = str(error).splitlines() or [type(error).__name__]
            named = (line.partition(": ")[2] for line in lines if line.startswith(("Custom ops: ", "Flex ops: ")))
            why = next(named, lines[0]).strip()
            raise ArtefactError(
                f"The model must be made of operations that LiteRT has. Received: {why.rstrip('.')}; "
                "choose another format."
            ) from error
    file.write_bytes(content)
