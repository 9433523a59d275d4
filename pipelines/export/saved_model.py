"""Writes a model as a SavedModel that any TensorFlow runtime serves."""

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import keras
import tensorflow as tf

from piste.pipelines.data.table import Table
from piste.pipelines.errors import DiskError
from piste.pipelines.export.columns import Serve, add_columns
from piste.pipelines.export.forward import forward, input_spec
from piste.pipelines.export.new_folder import new_folder

VERSION = "1"


def export_saved_model(
    model: keras.Model, folder: str | Path, *, classes: Sequence[str] | None, table: Table | None = None
) -> Path:
    """Writes `<folder>/saved_model/1`, the layout that TensorFlow Serving reads.

    The signature `serving_default` takes `inputs`, the model's raw input with any number of samples, and returns
    for classification `probabilities` (b, C) float32, `class_index` (b,) int64 and `class_name` (b,) string, for
    regression `predictions` (b, d) float32. The export holds the model's forward pass alone: no optimizer, no
    metric, no monitor, also when the model is watched at the moment. It appears at once, when it is complete.

    Args:
        model: A built model with one input and one output, (b, C) probabilities or (b, d) predictions; for two
            classes also (b, 1), the probability p of the second, served as [1 - p, p].
        folder: A run's `export` folder; it is made when it does not exist.
        classes: The classes' names by index; None for regression.
        table: What the columns of the input mean; then there is a signature `columns`, too, see `add_columns`.

    Returns:
        The folder of the SavedModel.

    Raises:
        ValueError: The model has several inputs or outputs, or not as many outputs as there are classes.
        RunFolderError: There is a `saved_model` in the folder.
        DiskError: The folder cannot be written.
    """
    check_exportable(model, classes)
    final = Path(folder) / "saved_model"
    with new_folder(final) as new, tensorflow_disk_errors(final):
        write_saved_model(model, new / VERSION, classes=classes, table=table)
    return final / VERSION


@contextmanager
def tensorflow_disk_errors(final: Path) -> Iterator[None]:
    """Turns what TensorFlow says where a folder cannot be written into one readable error."""
    try:
        yield
    except tf.errors.OpError as error:
        raise DiskError(
            f"Cannot write {final}: {error.message.splitlines()[0]}. Free some space or choose another folder."
        ) from error


def write_saved_model(
    model: keras.Model, folder: Path, *, classes: Sequence[str] | None, table: Table | None = None
) -> None:
    """Writes the files of a SavedModel into a folder that does not exist, see `export_saved_model`.

    Raises:
        tf.errors.OpError: The folder cannot be written.
    """
    archive = keras.export.ExportArchive()
    serve = _serving(model, classes)
    archive.add_endpoint("serve", serve, [input_spec(model)])
    if table is not None:
        add_columns(archive, serve, table)
    with _quiet():
        archive.write_out(str(folder), verbose=False)


def check_exportable(model: keras.Model, classes: Sequence[str] | None) -> None:
    """Refuses a model whose inputs or outputs are not those of an export.

    Raises:
        ValueError: The model has several inputs or outputs, or not as many outputs as there are classes.
    """
    inputs, outputs = len(model.inputs), len(model.outputs)
    if (inputs, outputs) != (1, 1):
        raise ValueError(
            f"`model` must have one input and one output. Received: {inputs} inputs and {outputs} outputs."
        )
    shape = tuple(model.outputs[0].shape[1:])
    second_of_two = classes is not None and len(classes) == 2 and shape == (1,)
    if len(shape) != 1 or (classes is not None and shape != (len(classes),) and not second_of_two):
        wanted = "(batch, targets)" if classes is None else f"(batch, {len(classes)}), one for each of `classes`"
        raise ValueError(f"`model` must give outputs of shape {wanted}. Received: shape {('batch', *shape)}.")


def _serving(model: keras.Model, classes: Sequence[str] | None) -> Callable[[Any], dict[str, Any]]:
    answers = forward(model, classes)
    numbers = _never_empty(answers) if _convolves(answers, input_spec(model)) else answers

    def classify(inputs: Any) -> dict[str, Any]:
        probabilities = numbers(inputs)["probabilities"]
        index = tf.argmax(probabilities, axis=-1, output_type=tf.int64)
        name = tf.gather(tf.constant(classes, tf.string), index)
        return {"probabilities": probabilities, "class_index": index, "class_name": name}

    return numbers if classes is None else classify


def _convolves(answers: Serve, spec: Any) -> bool:
    graph = tf.function(answers, autograph=False).get_concrete_function(spec).graph.as_graph_def()
    nodes = [*graph.node, *(node for function in graph.library.function for node in function.node_def)]
    return any("Conv" in node.op for node in nodes)


def _never_empty(answers: Serve) -> Serve:
    """Puts a sample of zeros in the place of an empty batch, which TensorFlow's oneDNN kernels cannot convolve."""

    def numbers(inputs: Any) -> dict[str, Any]:
        samples = tf.shape(inputs)[0]
        missing = tf.cast(samples == 0, tf.int32)
        filled = tf.pad(inputs, [[0, missing], *[[0, 0]] * (inputs.shape.rank - 1)])
        given = answers(tf.ensure_shape(filled, inputs.shape))
        return {name: values[:samples] for name, values in given.items()}

    return numbers


@contextmanager
def _quiet() -> Iterator[None]:
    """Keeps TensorFlow's "Assets written to" from the terminal."""
    logger = tf.get_logger()
    level = logger.level
    logger.setLevel(logging.WARNING)
    try:
        yield
    finally:
        logger.setLevel(level)
