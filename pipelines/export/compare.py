"""Decides whether an export gives what its model gives."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from piste.pipelines.export.serve import Outputs, Served

# |export - model| <= absolute + relative * |model|: an export may order its sums differently, and under a mixed
# precision round hidden values elsewhere (8 bits of bfloat16: 2^-8, 11 of float16: 2^-11).
TOLERANCES = {"float32": (1e-4, 1e-5), "mixed_float16": (1e-2, 1e-3), "mixed_bfloat16": (4e-2, 1e-2)}


def difference(
    served: Served,
    samples: NDArray[Any],
    outputs: NDArray[Any],
    *,
    classes: Sequence[str] | None,
    precision: str = "float32",
) -> str | float:
    """Compares what an export gave with what the model gave.

    Args:
        served: From the clean process.
        samples: What both were fed, (n, ...).
        outputs: The model's, (n, C) probabilities or (n, d) predictions; with classes also (n, 1), of the second of
            two.
        classes: The classes' names by index; None for regression.
        precision: The model's policy, which chooses the tolerance.

    Returns:
        The largest absolute difference; or, in words, what was expected and what came.

    Example:
        >>> import numpy as np
        >>> served = Served("no such file", {}, (), {}, {}, {}, 0.0)
        >>> difference(served, np.zeros((1, 2)), np.zeros((1, 3)), classes=None)
        'It must load and answer without Keras and Piste. Received: no such file.'
    """
    if served.error is not None:
        return f"It must load and answer without Keras and Piste. Received: {served.error.rstrip('.')}."
    model = np.asarray(outputs, np.float32)
    if classes is not None and model.shape[1] == 1:
        model = np.concatenate([1 - model, model], axis=1)
    expected = signature(samples, model.shape[1], classes)
    if served.signature != expected:
        return f"Its signature must be {expected}. Received: {dict(served.signature)}."
    main = "predictions" if classes is None else "probabilities"
    batch, one, none = served.batch[main], served.one[main], served.none[main]
    if not (np.isfinite(model).all() and np.isfinite(batch).all()):
        return f"Its {main} must be finite. Received: NaN or infinity, from the model too if its training diverged."
    if (batch.shape, one.shape, none.shape) != (model.shape, model[:1].shape, model[:0].shape):
        shapes = f"{batch.shape}, {one.shape} and {none.shape}"
        return f"It must give an output for each of {len(model)}, 1 and 0 samples. Received: shapes {shapes}."
    largest = float(np.abs(batch - model).max())
    relative, absolute = TOLERANCES[precision]
    if not all(np.allclose(got, model[: len(got)], relative, absolute) for got in (batch, one)):
        largest = max(largest, float(np.abs(one - model[:1]).max()))
        return (
            f"Its {main} must equal the model's within {absolute:g} + {relative:g} x |value|. "
            f"Received: a difference of {largest:.3g}."
        )
    if classes is not None:
        wrong = _wrong_class(served.batch, classes) or _wrong_class(served.one, classes)
        if wrong:
            return wrong
        if list(classes) not in served.texts:  # the samples may not have been of every class
            return f"Its class names must be {', '.join(classes)}. Received: other names, or another order."
    return largest


def signature(samples: NDArray[Any], outputs: int, classes: Sequence[str] | None) -> dict[str, Any]:
    """The names, dtypes and shapes that `serving_default` must have; None is the free batch dimension."""
    described = {"inputs": {"inputs": _tensor(str(samples.dtype), *samples.shape[1:])}}
    if classes is None:
        return {**described, "outputs": {"predictions": _tensor("float32", outputs)}}
    return {
        **described,
        "outputs": {
            "class_index": _tensor("int64"),
            "class_name": _tensor("string"),
            "probabilities": _tensor("float32", outputs),
        },
    }


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
