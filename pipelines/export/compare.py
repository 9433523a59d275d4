"""Decides whether an export gives what its model gives."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from piste.pipelines.export.serve import Outputs, Served

# |export - model| <= absolute + relative * |model|: an export may order its sums differently, and under a mixed
# precision round hidden values elsewhere (8 bits of bfloat16: 2^-8, 11 of float16: 2^-11).
TOLERANCES = {"float32": (1e-4, 1e-5), "mixed_float16": (1e-2, 1e-3), "mixed_bfloat16": (4e-2, 1e-2)}
# Another runtime sums in another order, which batch normalisation in fifty layers makes 7e-5 of a probability.
OTHER_RUNTIMES, OTHER_RUNTIMES_ABSOLUTE = ("onnx", "litert"), 1e-4
# Of the largest output of the model, or of 1 where that is larger: weights rounded to 11 bits, or to 8 a channel.
QUANTIZED_TOLERANCES = {"float16": 1e-2, "int8": 1e-1}


@dataclass(frozen=True)
class Tolerance:
    """|export - model| <= absolute + relative * |model|."""

    relative: float
    absolute: float

    def allows(self, export: NDArray[Any], model: NDArray[Any]) -> bool:
        """Whether all of an export's outputs are near enough."""
        return bool(np.allclose(export, model, self.relative, self.absolute))


def tolerance(
    outputs: NDArray[Any], precision: str = "float32", kind: str = "saved_model", quantize: str | None = None
) -> Tolerance:
    """How far an export may be from its model.

    Args:
        outputs: The model's.
        precision: The model's policy.
        kind: The format.
        quantize: "float16" or "int8" where the export's weights are rounded.

    Example:
        >>> tolerance(np.array([[0.25, 0.75]])), tolerance(np.array([[-20.0]]), "float32", "litert", "int8")
        (Tolerance(relative=0.0001, absolute=1e-05), Tolerance(relative=0.0, absolute=2.0))
    """
    if quantize is None:
        relative, absolute = TOLERANCES[precision]
        return Tolerance(relative, max(absolute, OTHER_RUNTIMES_ABSOLUTE) if kind in OTHER_RUNTIMES else absolute)
    return Tolerance(0.0, QUANTIZED_TOLERANCES[quantize] * max(1.0, float(np.abs(outputs).max())))


def difference(
    served: Served,
    samples: NDArray[Any],
    outputs: NDArray[Any],
    *,
    classes: Sequence[str] | None,
    precision: str = "float32",
    kind: str = "saved_model",
    quantize: str | None = None,
) -> str | dict[str, float]:
    """Compares what an export gave with what the model gave.

    Args:
        served: From the clean process.
        samples: What both were fed, (n, ...).
        outputs: The model's, (n, C) probabilities or (n, d) predictions; with classes also (n, 1), of the second of
            two.
        classes: The classes' names by index; None for regression.
        precision: The model's policy, which chooses the tolerance.
        kind: The format: "saved_model", "onnx" or "litert"; the latter two give no classes.
        quantize: How a LiteRT export's weights are rounded, which chooses another tolerance.

    Returns:
        `max_abs_difference`, and `columns_difference` where raw columns were served; or, in words, what was expected
        and what came.

    Example:
        >>> import numpy as np
        >>> served = Served("no such file", {}, (), {}, {}, {}, 0.0)
        >>> difference(served, np.zeros((1, 2)), np.zeros((1, 3)), classes=None)
        'It must load and answer without Keras and Piste. Received: no such file.'
    """
    if served.error is not None:
        without = "Keras and Piste" if kind == "saved_model" else "TensorFlow, Keras and Piste"
        return f"It must load and answer without {without}. Received: {served.error.rstrip('.')}."
    model = both_classes(outputs, classes)
    expected = signature(samples, model.shape[1], classes, kind)
    if served.signature != expected:
        return f"Its signature must be {expected}. Received: {dict(served.signature)}."
    main = "predictions" if classes is None else "probabilities"
    parts = {"one": (served.one[main], model[:1])}
    if kind == "saved_model":
        parts["none"] = (served.none[main], model[:0])
    allowed = tolerance(model, precision, kind, quantize)
    wrong = values_differ(served.batch[main], model, main, allowed, **parts)
    if not wrong and served.columns:
        wrong = values_differ(served.columns[main], model, f"{main} of raw columns", allowed)
    if wrong:
        return wrong
    if classes is not None and kind == "saved_model":
        wrong = _wrong_class(served.batch, classes) or _wrong_class(served.one, classes)
        if wrong:
            return wrong
    if classes is not None and kind != "litert" and list(classes) not in served.texts:
        # the samples may not have been of every class
        return f"Its class names must be {', '.join(classes)}. Received: other names, or another order."
    named = {"max_abs_difference": served.batch, **({"columns_difference": served.columns} if served.columns else {})}
    return {name: float(np.abs(given[main] - model).max()) for name, given in named.items()}


def both_classes(outputs: NDArray[Any], classes: Sequence[str] | None) -> NDArray[np.float32]:
    """The model's outputs as exports give them: float32, and [1 - p, p] of one sigmoid unit."""
    model = np.asarray(outputs, np.float32)
    return np.concatenate([1 - model, model], axis=1) if classes is not None and model.shape[1] == 1 else model


def values_differ(
    batch: NDArray[Any],
    model: NDArray[Any],
    main: str,
    allowed: Tolerance,
    **parts: tuple[NDArray[Any], NDArray[Any]],
) -> str | None:
    """What is wrong with an export's numbers, in words.

    Args:
        batch: The export's for all samples.
        model: The model's.
        main: What they are called.
        allowed: How far they may be apart.
        **parts: The export's and the model's for fewer samples.
    """
    if not (np.isfinite(model).all() and np.isfinite(batch).all()):
        return f"Its {main} must be finite. Received: NaN or infinity, from the model too if its training diverged."
    pairs = [(batch, model), *parts.values()]
    if any(got.shape != wanted.shape for got, wanted in pairs):
        counts, shapes = (
            [str(part) for part in every] for every in zip(*((len(w), g.shape) for g, w in pairs), strict=True)
        )
        return (
            f"It must give an output for each of {_and(counts)} samples. Received: shapes {_and(shapes)}."
            if parts
            else f"It must give {model.shape}. Received: shape {batch.shape}."
        )
    if not all(allowed.allows(got, wanted) for got, wanted in pairs):
        largest = max(float(np.abs(got - wanted).max()) for got, wanted in pairs if wanted.size)
        return (
            f"Its {main} must equal the model's within {allowed.absolute:g} + {allowed.relative:g} x |value|. "
            f"Received: a difference of {largest:.3g}."
        )
    return None


def _and(words: Sequence[str]) -> str:
    return ", ".join(words[:-1]) + f" and {words[-1]}"


def signature(
    samples: NDArray[Any], outputs: int, classes: Sequence[str] | None, kind: str = "saved_model"
) -> dict[str, Any]:
    """The names, dtypes and shapes that an export must have; None is the free batch dimension."""
    described = {"inputs": {"inputs": _tensor(str(samples.dtype), *samples.shape[1:])}}
    if classes is None:
        return {**described, "outputs": {"predictions": _tensor("float32", outputs)}}
    given = {"probabilities": _tensor("float32", outputs)}
    if kind == "saved_model":
        given = {"class_index": _tensor("int64"), "class_name": _tensor("string"), **given}
    return {**described, "outputs": given}


def _tensor(dtype: str, *shape: int) -> dict[str, Any]:
    return {"dtype": dtype, "shape": [None, *shape]}


def _wrong_class(outputs: Outputs, classes: Sequence[str]) -> str | None:
    probabilities, indices, names = (outputs[key] for key in ("probabilities", "class_index", "class_name"))
    for row, index, name in zip(probabilities, indices.tolist(), names.tolist(), strict=True):
        # Of several equal probabilities any may be chosen.
        if not (0 <= index < len(row) and row[index] == row.max()):
            return f"Its class_index must be the most probable class, {int(row.argmax())}. Received: {index}."
        if name != classes[index]:
            return f"Its class_name for class {index} must be {classes[index]!r}. Received: {name!r}."
    return None
