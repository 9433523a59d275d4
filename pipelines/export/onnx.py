"""Writes a model as an ONNX file."""

import json
import logging
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf

from piste.pipelines.errors import ArtefactError
from piste.pipelines.export.forward import forward, input_spec

OPSET = 18
_MADE_OF = {"StatefulPartitionedCall": "a function compiled by XLA, as Keras makes of a convolution with `groups`"}


def write_onnx(model: Any, file: Path, *, classes: Sequence[str] | None) -> None:
    """Writes an ONNX file that takes `inputs`, raw and any number of them, and gives one output.

    That is `probabilities` or `predictions`, float32. The classes' names are JSON under `classes` in the file's
    metadata. The model must compute in float32.

    Args:
        model: With one input and one output.
        file: Where to.
        classes: The classes' names by index; None for regression.

    Raises:
        ArtefactError: The model has an operation that ONNX or its converter lacks.
    """
    import onnx
    import tf2onnx

    unsupported = _Unsupported()
    logger = logging.getLogger("tf2onnx")
    level, propagate = logger.level, logger.propagate
    logger.addHandler(unsupported)
    logger.propagate = False
    try:
        function, spec = tf.function(forward(model, classes), autograph=False), input_spec(model)
        graph, _ = tf2onnx.convert.from_function(
            function,
            (spec,),
            opset=OPSET,
            custom_op_handlers={"Expm1": (_less_one, ["Exp", "Exp"]), "Erfc": (_less_one, ["Erf", "Erf"])},
        )
        _keep_captured(graph.graph, function.get_concrete_function(spec))
        if classes is not None:
            onnx.helper.set_model_props(graph, {"classes": json.dumps(list(classes), ensure_ascii=False)})
        # The converter leaves an operation that it does not know as it is and says so in its log alone.
        onnx.checker.check_model(graph)
    except Exception as error:  # the converter raises whatever it stumbles over
        why = ", ".join(unsupported.operations) or (str(error).splitlines() or [type(error).__name__])[0]
        raise ArtefactError(
            f"The model must be made of operations that ONNX has. Received: {why.rstrip('.')}; choose another format."
        ) from error
    finally:
        logger.removeHandler(unsupported)
        logger.setLevel(level)
        logger.propagate = propagate
    onnx.save_model(graph, str(file))


def _keep_captured(graph: Any, function: Any) -> None:
    """The converter makes inputs of tensors that a layer holds and that are no variables, such as Normalization's."""
    import onnx

    last = zip(
        function.inputs[len(function.inputs) - len(function.captured_inputs) :], function.captured_inputs, strict=True
    )
    values = {inner.name: outer for inner, outer in last if outer.dtype != tf.resource}
    for tensor in [tensor for tensor in graph.input if tensor.name in values]:
        graph.initializer.append(onnx.numpy_helper.from_array(values[tensor.name].numpy(), tensor.name))
        graph.input.remove(tensor)


class _Unsupported(logging.Handler):
    """Keeps the operations that the converter says it cannot convert."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.operations: dict[str, None] = {}

    def emit(self, record: logging.LogRecord) -> None:
        if found := re.search(r"\[.*: (\w+)\] is not supported", record.getMessage()):
            self.operations[_MADE_OF.get(found[1], found[1])] = None


def _less_one(graph: Any, node: Any, name: str, arguments: Any) -> None:
    """ONNX has no exp(z) - 1 and no 1 - erf(z), but Exp, Erf and Sub: off by at most half the last bit of 1."""
    from tf2onnx.utils import map_onnx_to_numpy_type

    (operation,) = arguments
    node.type = operation
    output = node.output[0]
    one = graph.make_const(f"{name}_one", np.array(1, map_onnx_to_numpy_type(graph.get_dtype(output)))).output[0]
    sides = [output, one] if operation == "Exp" else [one, output]
    difference = graph.insert_new_node_on_output("Sub", output, f"{name}_difference", inputs=sides).output[0]
    graph.copy_dtype(output, difference)
    graph.copy_shape(output, difference)
