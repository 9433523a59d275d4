"""Serves exports in a process of its own, with the runtime that they are for and without Keras and Piste.

A script: `python -I clean_process.py FOLDER KIND`, KIND being saved_model (served by TensorFlow), onnx (onnxruntime)
or litert (ai-edge-litert). FOLDER holds a folder 0, 1, ... for each export, with `request.json` ({"path": the export,
"columns": names of raw columns, if any}), `samples.npy` and `columns.npz`, the raw columns in the order of their names.
Beside them the script puts `outputs.npz` (whole batch, `one/` a batch of one, `none/` an empty batch of a SavedModel,
`columns/` raw columns) and `result.json` ({"signature", "texts", "latency_ms", "seconds"}, or {"error"}).
"""

import json
import os
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

BANNED = {
    "saved_model": ("keras", "piste"),
    "onnx": ("keras", "piste", "tensorflow", "onnx", "tf2onnx"),
    "litert": ("keras", "piste", "tensorflow"),
}
SIGNATURE, COLUMNS = "serving_default", "columns"
BATCHES, CALLS, SECONDS = (1, 256), (3, 100), 0.1  # of the latency: sizes, least and most calls, time for each size
Call = Callable[[Any], dict[str, Any]]


def main(folder: Path, kind: str) -> None:
    """Answers every request in `folder`; what fails in one leaves the others alone."""
    # TensorFlow imports Keras when it can, and None makes that an ImportError.
    modules: dict[str, Any] = sys.modules
    modules.update(dict.fromkeys(BANNED[kind]))
    for request in sorted(folder.iterdir()):
        try:
            result = _serve(request, {"saved_model": open_saved_model, "onnx": open_onnx, "litert": open_litert}[kind])
            assert all(sys.modules[name] is None for name in BANNED[kind])
        except Exception as error:  # a damaged export may raise anything, and the reader of the result decides
            result = {"error": (str(error).splitlines() or [type(error).__name__])[0]}
        (request / "result.json").write_text(json.dumps(result), encoding="utf-8")


def _serve(request: Path, load: Callable[[str], tuple[dict[str, Any], Call]]) -> dict[str, Any]:
    started = time.perf_counter()
    asked = json.loads((request / "request.json").read_text(encoding="utf-8"))
    described, call = load(asked["path"])
    samples = np.load(request / "samples.npy", allow_pickle=False)
    batches: dict[str, Any] = {"": samples, "one/": samples[:1]}
    if load is open_saved_model:
        batches["none/"] = samples[:0]
    if asked["columns"]:
        with np.load(request / "columns.npz", allow_pickle=False) as raw:
            batches["columns/"] = dict(zip(asked["columns"], raw.values(), strict=True))
    outputs = {prefix + name: values for prefix, batch in batches.items() for name, values in call(batch).items()}
    np.savez(request / "outputs.npz", **outputs)
    seconds = time.perf_counter() - started
    return {**described, "seconds": seconds, "latency_ms": _latency(call, samples)}


def _latency(call: Call, samples: Any) -> dict[str, float]:
    """Median milliseconds of a call by its number of samples."""
    medians = {}
    for size in BATCHES:
        batch = np.resize(samples, (size, *samples.shape[1:]))
        call(batch)
        taken: list[float] = []
        began = time.perf_counter()
        while len(taken) < CALLS[0] or (len(taken) < CALLS[1] and time.perf_counter() - began < SECONDS):
            started = time.perf_counter()
            call(batch)
            taken.append(time.perf_counter() - started)
        medians[str(size)] = 1000 * statistics.median(taken)
    return medians


def open_saved_model(path: str) -> tuple[dict[str, Any], Call]:
    """Returns what a SavedModel says of itself, and what calls it."""
    import tensorflow as tf

    described = _describe(Path(path))
    loaded = tf.saved_model.load(path)

    def call(batch: Any, keeps_the_variables_alive: Any = loaded) -> dict[str, Any]:
        name, given = (COLUMNS, batch) if isinstance(batch, dict) else (SIGNATURE, {"inputs": batch})
        if name not in loaded.signatures:
            raise LookupError(f"no signature {name}")
        answers = loaded.signatures[name](**{key: tf.constant(values) for key, values in given.items()})
        return {name: _plain(tensor.numpy()) for name, tensor in answers.items()}

    return described, call


def open_onnx(path: str) -> tuple[dict[str, Any], Call]:
    """Returns what an ONNX file says of itself, and what calls it."""
    import onnxruntime

    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    types = {"float": "float32", "double": "float64"}

    def facts(tensors: Any) -> dict[str, Any]:
        named = {
            tensor.name: (tensor.type.removeprefix("tensor(").removesuffix(")"), tensor.shape) for tensor in tensors
        }
        return {name: _tensor(types.get(kind, kind), shape) for name, (kind, shape) in sorted(named.items())}

    names = [output.name for output in session.get_outputs()]
    classes = session.get_modelmeta().custom_metadata_map.get("classes")
    signature = {"inputs": facts(session.get_inputs()), "outputs": facts(session.get_outputs())}
    return {"signature": signature, "texts": [json.loads(classes)] if classes else []}, lambda batch: dict(
        zip(names, session.run(names, {"inputs": batch}), strict=True)
    )


def open_litert(path: str) -> tuple[dict[str, Any], Call]:
    """Returns what a LiteRT file says of itself, and what calls it."""
    from ai_edge_litert.interpreter import Interpreter

    interpreter = Interpreter(model_path=path, num_threads=os.cpu_count())
    runner = interpreter.get_signature_runner(SIGNATURE)

    def facts(details: Any) -> dict[str, Any]:
        return {
            name: _tensor(np.dtype(found["dtype"]).name, [None if n < 0 else int(n) for n in found["shape_signature"]])
            for name, found in sorted(details.items())
        }

    signature = {"inputs": facts(runner.get_input_details()), "outputs": facts(runner.get_output_details())}
    return {"signature": signature, "texts": []}, lambda batch: dict(runner(inputs=batch))


def _describe(saved_model: Path) -> dict[str, Any]:
    """Reads the signature and the lists of strings from the file itself, as a server does."""
    from tensorflow import dtypes, make_ndarray
    from tensorflow.core.protobuf.saved_model_pb2 import SavedModel

    graph = SavedModel.FromString((saved_model / "saved_model.pb").read_bytes()).meta_graphs[0]
    if SIGNATURE not in graph.signature_def:
        names = ", ".join(sorted(name for name in graph.signature_def if not name.startswith("__")))
        raise LookupError(f"no signature {SIGNATURE}, only: {names or 'none'}")
    found = graph.signature_def[SIGNATURE]

    def facts(tensors: Any) -> dict[str, Any]:
        return {
            name: _tensor(
                dtypes.as_dtype(info.dtype).name,
                [None if axis.size < 0 else axis.size for axis in info.tensor_shape.dim],
            )
            for name, info in sorted(tensors.items())
        }

    nodes = (node for function in graph.graph_def.library.function for node in function.node_def)
    text = dtypes.string.as_datatype_enum
    texts = [
        make_ndarray(node.attr["value"].tensor).ravel()
        for node in nodes
        if node.op == "Const" and node.attr["dtype"].type == text
    ]
    return {
        "signature": {"inputs": facts(found.inputs), "outputs": facts(found.outputs)},
        "texts": [[value.decode() for value in text] for text in texts],
    }


def _tensor(dtype: str, shape: Any) -> dict[str, Any]:
    return {"dtype": dtype, "shape": [axis if isinstance(axis, int) else None for axis in shape]}


def _plain(values: Any) -> Any:
    return np.array([value.decode() for value in values], str) if values.dtype == object else values


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
