"""Writes models in a format and compares what it gives, in one clean process for all of them."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from piste.pipelines.export.keras_file import judge_keras, write_keras
from piste.pipelines.export.litert import write_litert
from piste.pipelines.export.onnx import write_onnx
from piste.pipelines.export.saved_model import export_saved_model
from piste.pipelines.export.verify import Exported, judge

FORMATS = ("saved_model", "onnx", "litert", "keras")
QUICK = ("saved_model", "onnx")  # what `make test` tries with everything
Models = Mapping[str, tuple[Any, Any, Any]]
"""Name -> the model, samples, and the names of the classes or None."""


def differences(models: Models, folder: Path, kind: str) -> dict[str, float | str]:
    """Returns the largest difference by name, or what is wrong."""
    (folder / kind).mkdir()
    results: dict[str, Any] = {}
    made = {}
    for name, (model, samples, classes) in models.items():
        outputs, path = model.predict(samples, verbose=0), folder / kind / name
        if kind == "keras":
            write_keras(model, path.with_suffix(".keras"))
            results[name] = judge_keras(
                path.with_suffix(".keras"), samples, outputs, classes=classes, precision="float32"
            )
            continue
        if kind == "saved_model":
            path = export_saved_model(model, path, classes=classes)
        else:
            (write_onnx if kind == "onnx" else write_litert)(model, path, classes=classes)
        made[name] = Exported(path, outputs, samples, classes, kind=kind)
    results |= dict(zip(made, judge(list(made.values())) if made else [], strict=True))
    return {
        name: result if isinstance(result, str) else result["max_abs_difference"] for name, result in results.items()
    }


def far(found: Mapping[str, float | str]) -> dict[str, float | str]:
    """Returns those that are further apart than 1e-4, which should be none."""
    return {name: difference for name, difference in found.items() if isinstance(difference, str) or difference >= 1e-4}
