"""Serves exports in a process of its own, with TensorFlow and without Keras and Piste.

A script: `python -I clean_process.py FOLDER`. FOLDER holds a folder 0, 1, ... for each export, with `request.json`
({"folder": the SavedModel}) and `samples.npy`. Beside them the script puts `outputs.npz` (whole batch, `one/` a batch
of one, `none/` an empty batch) and `result.json` ({"signature", "texts", "seconds"}, or {"error"}).
"""

import json
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

BANNED = ("keras", "piste")
SIGNATURE = "serving_default"


def main(folder: Path) -> None:
    """Answers every request in `folder`; what fails in one leaves the others alone."""
    # TensorFlow imports Keras when it can, and None makes that an ImportError.
    modules: dict[str, Any] = sys.modules
    modules.update(dict.fromkeys(BANNED))
    for request in sorted(folder.iterdir()):
        try:
            result = _serve(request)
        except Exception as error:  # a damaged export may raise anything, and the reader of the result decides
            result = {"error": (str(error).splitlines() or [type(error).__name__])[0]}
        (request / "result.json").write_text(json.dumps(result), encoding="utf-8")


def _serve(request: Path) -> dict[str, Any]:
    import tensorflow as tf

    started = time.perf_counter()
    saved_model = json.loads((request / "request.json").read_text(encoding="utf-8"))["folder"]
    described = _describe(Path(saved_model))
    loaded = tf.saved_model.load(saved_model)  # keeps the variables alive
    samples = np.load(request / "samples.npy", allow_pickle=False)
    outputs: dict[str, Any] = {}
    for prefix, batch in (("", samples), ("one/", samples[:1]), ("none/", samples[:0])):
        for name, tensor in loaded.signatures[SIGNATURE](inputs=tf.constant(batch)).items():
            values = tensor.numpy()
            text = values.dtype == object
            outputs[prefix + name] = np.array([value.decode() for value in values], str) if text else values
    np.savez(request / "outputs.npz", **outputs)
    assert all(sys.modules[name] is None for name in BANNED)
    return {**described, "seconds": time.perf_counter() - started}


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
            name: {
                "dtype": dtypes.as_dtype(info.dtype).name,
                "shape": [None if axis.size < 0 else axis.size for axis in info.tensor_shape.dim],
            }
            for name, info in sorted(tensors.items())
        }

    nodes = (node for function in graph.graph_def.library.function for node in function.node_def)
    texts = [make_ndarray(node.attr["value"].tensor).ravel() for node in nodes if _is_text(node)]
    return {
        "signature": {"inputs": facts(found.inputs), "outputs": facts(found.outputs)},
        "texts": [[value.decode() for value in text] for text in texts],
    }


def _is_text(node: Any) -> bool:
    from tensorflow import dtypes

    return bool(node.op == "Const" and node.attr["dtype"].type == dtypes.string.as_datatype_enum)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
