"""Proves that exports give what their models give, in a process without Piste."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from piste.pipelines.errors import ArtefactError
from piste.pipelines.export.compare import difference, tolerance
from piste.pipelines.export.serve import Served, serve_in_clean_process


@dataclass(frozen=True, eq=False)
class Exported:
    """An export and what its model gave.

    Attributes:
        folder: Of the SavedModel.
        outputs: `model.predict(samples)`, (n, C) probabilities, (n, 1) of one sigmoid unit, or (n, d) predictions.
        samples: (n, ...) as the model takes them, at least one.
        classes: The classes' names by index; None for regression.
        precision: The model's policy: float32, mixed_float16 or mixed_bfloat16.
        kind: The format: "saved_model", or "onnx" or "litert", whose `folder` is a file.
        quantize: How a LiteRT export's weights are rounded.
        columns: The samples as raw columns by name, where a SavedModel has the signature `columns`.
    """

    folder: Path
    outputs: NDArray[Any]
    samples: NDArray[Any]
    classes: Sequence[str] | None
    precision: str = "float32"
    kind: str = "saved_model"
    quantize: str | None = None
    columns: Mapping[str, NDArray[Any]] = field(default_factory=dict)


def verify_exports(exports: Sequence[Exported]) -> list[dict[str, Any]]:
    """Loads the exports in one clean process, without Keras and Piste, and compares them with their models.

    The process sees neither package. All samples, a batch of one and an empty batch must be answered; outputs must
    agree with the model's within the tolerance, the class index must be the most probable and the name its own.

    Args:
        exports: What to verify; one process serves them all, because its start takes longer than the rest.

    Returns:
        For each export what a run folder keeps: `max_abs_difference`, `samples`, `tolerance`, `signature`, `bytes`,
        `sha256` (of every file), `seconds` (loading and answering) and `latency_ms` (median of a call, by samples).

    Raises:
        ArtefactError: An export cannot be read or disagrees with its model; the message names all that do.
    """
    for export in exports:
        if not 0 < len(export.samples) == len(export.outputs):
            counts = f"{len(export.samples)} samples and {len(export.outputs)} outputs"
            raise ValueError(f"`samples` and `outputs` must be as many, at least one. Received: {counts}.")
    facts, problems = [], []
    for export, result in zip(exports, judge(exports), strict=True):
        if isinstance(result, str):
            problems.append(f"The export {export.folder} is damaged or is not this model's. {result} Export it again.")
        else:
            facts.append(result)
    if problems:
        raise ArtefactError("\n".join(problems))
    return facts


def judge(exports: Sequence[Exported]) -> list[dict[str, Any] | str]:
    """Does what `verify_exports` does, and says in words what is wrong with those that are.

    Args:
        exports: of one kind.
    """
    kinds = {export.kind for export in exports}
    if len(kinds) != 1:
        raise ValueError(f"`exports` must be of one kind. Received: {', '.join(sorted(kinds)) or 'none'}.")
    served = serve_in_clean_process(
        [(export.folder, export.samples, export.columns) for export in exports], kinds.pop()
    )
    return [_facts(export, answers) for export, answers in zip(exports, served, strict=True)]


def _facts(export: Exported, served: Served) -> dict[str, Any] | str:
    result = difference(
        served,
        export.samples,
        export.outputs,
        classes=export.classes,
        precision=export.precision,
        kind=export.kind,
        quantize=export.quantize,
    )
    if isinstance(result, str):
        return result
    return {
        **result,
        "samples": len(export.samples),
        "tolerance": asdict(tolerance(export.outputs, export.precision, export.kind, export.quantize)),
        "signature": dict(served.signature),
        **files_of(export.folder),
        "seconds": served.seconds,
        "latency_ms": dict(served.latency_ms),
    }


def verify_export(
    folder: str | Path,
    model_outputs: NDArray[Any],
    samples: NDArray[Any],
    *,
    classes: Sequence[str] | None,
    precision: str = "float32",
) -> dict[str, Any]:
    """Verifies one export; see `verify_exports`, which takes little longer for several.

    Args:
        folder: Of the SavedModel.
        model_outputs: `model.predict(samples)`.
        samples: As the model takes them, at least one.
        classes: The classes' names by index; None for regression.
        precision: The model's policy, which chooses the tolerance.
    """
    return verify_exports([Exported(Path(folder), model_outputs, samples, classes, precision)])[0]


def files_of(path: Path) -> dict[str, Any]:
    """Bytes and digests of an export's files."""
    folder = path if path.is_dir() else path.parent
    files = [path] if path.is_file() else sorted(file for file in folder.rglob("*") if file.is_file())
    digests = {}
    for file in files:
        with file.open("rb") as opened:
            digests[file.relative_to(folder).as_posix()] = hashlib.file_digest(opened, "sha256").hexdigest()
    return {"bytes": sum(file.stat().st_size for file in files), "sha256": digests}
