"""What the card says of exports: how near to the model, how fast, and how to load each."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from piste.pipelines.card.markdown import table

if TYPE_CHECKING:
    from piste.pipelines.run import Run

_HEAD = ("folder", "size", "compared", "largest difference", "allowed", "1 sample", "256 samples")
_LOADING = {
    "saved_model": """\
import tensorflow as tf

loaded = tf.saved_model.load("{path}")
answer = loaded.signatures["serving_default"](inputs=tf.constant(samples))""",
    "onnx": """\
import onnxruntime

session = onnxruntime.InferenceSession("{path}/model.onnx")
(answer,) = session.run(None, {{"inputs": samples}})""",
    "litert": """\
from ai_edge_litert.interpreter import Interpreter

runner = Interpreter(model_path="{path}/model.tflite").get_signature_runner("serving_default")
answer = runner(inputs=samples)""",
    "keras": """\
import piste

model = piste.load_model("{path}/model.keras")
answer = model.predict(samples)""",
}


def exports(found: Sequence[Mapping[str, Any]]) -> str:
    """Returns the table of exports.

    Args:
        found: as `Run.exports` has it.
    """
    if not found:
        return "Nothing was exported."
    text = table(_HEAD, [_row(export) for export in found])
    cores = found[0]["cores"]
    return (
        f"{text}\n\nThe differences are to the outputs of the model itself, on samples of its data. "
        f"Times are medians of one call on a machine with {cores} cores."
    )


def _row(export: Mapping[str, Any]) -> tuple[str, ...]:
    size = f"{export['bytes'] / 1000:,.0f} kB"
    if not export["verified"]:
        return (f"`{export['folder']}`", size, "no", "", "", "", "")
    allowed, latency = export["tolerance"], export["latency_ms"]
    relative = f" + {allowed['relative']:g} x value" if allowed["relative"] else ""
    return (
        f"`{export['folder']}`",
        size,
        f"{export['samples']} samples",
        f"{export['max_abs_difference']:.2g}",
        f"{allowed['absolute']:g}{relative}",
        f"{latency['1']:.3g} ms",
        f"{latency['256']:.3g} ms",
    )


def loading(run: "Run") -> str:
    """Returns code that loads each export, or else the run; `samples` are raw.

    Args:
        run: an open run.
    """
    data = run.environment["data"]
    shape = ", ".join(["n", *map(str, data["input_shape"])])
    blocks = [_LOADING[export["format"]].format(path=export["folder"]) for export in run.exports]
    blocks.append('import piste\n\nmodel = piste.Run.open(".").model()  # a plain keras.Model')
    code = "\n\n".join(f"```python\n{block}\n```" for block in blocks)
    return f"From the run's folder; `samples` are an array ({shape}) of {data['input_dtype']}.\n\n{code}"
