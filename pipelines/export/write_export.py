"""Writes one export of a model, proves it, and only then puts it in its place."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from piste.pipelines.data.table import Table
from piste.pipelines.errors import ArtefactError
from piste.pipelines.export.columns import decoded
from piste.pipelines.export.formats import Target
from piste.pipelines.export.keras_file import judge_keras, write_keras
from piste.pipelines.export.litert import write_litert
from piste.pipelines.export.new_folder import new_folder
from piste.pipelines.export.onnx import write_onnx
from piste.pipelines.export.saved_model import check_exportable, tensorflow_disk_errors, write_saved_model
from piste.pipelines.export.verify import Exported, files_of, judge


@dataclass(frozen=True, eq=False)
class Trained:
    """What is exported, and what it is compared by.

    Attributes:
        build: From a precision to the trained model in it, not compiled.
        precision: The policy it was trained under.
        classes: The classes' names by index; None for regression, and for several labels, none of which is the most
            probable one.
        table: What the columns of the input mean; None where it is no table.
        samples: Inputs to compare by; None compares nothing.
        outputs: What the trained model gives for them.
        about: What every export says of itself, such as the data's fingerprint.
    """

    build: Callable[[str], Any]
    precision: str
    classes: Sequence[str] | None
    table: Table | None
    samples: NDArray[Any] | None
    outputs: NDArray[Any] | None
    about: Mapping[str, Any]


def write_export(trained: Trained, target: Target, folder: Path) -> dict[str, Any]:
    """Writes `<folder>/<target>`, which appears at once when it is whole and gives what the model gives.

    Beside the model stands `export.json`: what it is, its classes, versions, tolerance, largest difference, latency and
    digests; in a SavedModel it is `assets.extra/export.json`. ONNX and LiteRT compute in float32, also where the model
    was trained in mixed precision; the weights are float32 in both.

    Args:
        trained: The model.
        target: The format.
        folder: A run's `export` folder, or another one.

    Returns:
        The facts that were written, and `folder`, the path of what was written.

    Raises:
        RunFolderError: It exists.
        ArtefactError: It cannot be written in this format, or does not give what the model gives.
        DiskError: The folder cannot be written.
    """
    final = folder / target.name
    with new_folder(final) as new:
        path = new / target.file
        with tensorflow_disk_errors(final):
            _write(trained, target, path)
        result = _judge(trained, target, path)
        if isinstance(result, str):
            raise ArtefactError(
                f"The export {target.name} must give what the model gives, and was not kept. {result} "
                "Choose another format."
            )
        facts = {"format": target.format, "quantize": target.quantize, "file": target.file, **trained.about, **result}
        about = new / target.facts_file
        about.parent.mkdir(exist_ok=True)
        about.write_text(json.dumps(facts, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return {"folder": str(final / target.file if target.format == "saved_model" else final), **facts}


def _write(trained: Trained, target: Target, path: Path) -> None:
    own = target.format in ("saved_model", "keras")
    model = trained.build(trained.precision if own else "float32")
    check_exportable(model, trained.classes)
    if target.format == "saved_model":
        write_saved_model(model, path, classes=trained.classes, table=trained.table)
    elif target.format == "onnx":
        write_onnx(model, path, classes=trained.classes)
    elif target.format == "litert":
        write_litert(model, path, classes=trained.classes, quantize=target.quantize)
    else:
        write_keras(model, path)


def _judge(trained: Trained, target: Target, path: Path) -> dict[str, Any] | str:
    if trained.samples is None or trained.outputs is None:
        return {"verified": False, **files_of(path)}
    if target.format == "keras":
        result = judge_keras(
            path, trained.samples, trained.outputs, classes=trained.classes, precision=trained.precision
        )
    else:
        columns = (
            {} if trained.table is None or target.format != "saved_model" else decoded(trained.table, trained.samples)
        )
        exported = Exported(
            path, trained.outputs, trained.samples, trained.classes, trained.precision, target.format, target.quantize,
            columns,
        )  # fmt: skip
        (result,) = judge([exported])
    return result if isinstance(result, str) else {"verified": True, **result}
