"""From the config's `model` to a Keras model that takes raw input."""

import inspect
from collections.abc import Mapping, Sequence
from typing import Any, Literal, get_args

import keras

from piste.models.free_form import free_form
from piste.models.heads import one_sigmoid
from piste.models.scaling import scaling_layer
from piste.models.suggest import did_you_mean
from piste.models.zoo import find_model

Task = Literal["classification", "multilabel", "regression"]
TASKS = get_args(Task)


def build_model(
    spec: Mapping[str, Any],
    *,
    input_shape: tuple[int, ...],
    input_dtype: str,
    outputs: int,
    task: Task,
    scale: Literal["none", "unit", "standardize"],
    seed: int,
    categories: Sequence[int] | None = None,
    name: str = "model",
) -> Any:
    """Builds the functional model: raw input, the layer `scale`, the architecture.

    With `scale="standardize"` call `model.get_layer("scale").fit(x_train)` before training.

    Args:
        spec: `{"type": a model type, its arguments}`, or free-form `{"layers": [...], "activation": ...,
            "initializer": ...}`. What is absent has the builder's default.
        input_shape: Of one sample.
        input_dtype: As stored, for instance "uint8".
        outputs: Number of classes or labels, or width of the target.
        task: "classification" gives probabilities, of the second of two classes alone where the model ends in one
            sigmoid unit; "multilabel" the probability of each label; "regression" gives linear outputs.
        scale: How the first layer turns raw input to floats.
        seed: Every initial weight and every noise layer's seed follows from it and the layer's name.
        categories: For the columns of a table, the number of categories of each, 0 for a number.
        name: The model's name.

    Raises:
        ValueError: The spec does not fit itself, the input or the task.

    Example:
        >>> model = build_model({"type": "mlp"}, input_shape=(28, 28), input_dtype="uint8", outputs=10,
        ...                     task="classification", scale="unit", seed=42)
        >>> model.count_params()
        266610
    """
    if task not in TASKS:
        raise ValueError(f"`task` must be classification, multilabel or regression. Received: `{task}`.")
    arguments = dict(spec)
    if "layers" in arguments:
        label, builder = "layers", free_form
    elif "type" not in arguments:
        raise ValueError("A model must have a `type` or `layers`. Received: neither.")
    else:
        label = arguments.pop("type")
        builder = find_model(label).load()
    _check(builder, label, arguments)
    inputs = keras.Input(shape=input_shape, dtype=input_dtype, name="inputs")
    scaled = scaling_layer(scale, input_dtype=input_dtype, categories=categories)(inputs)
    result = builder(scaled, outputs=outputs, task=task, seed=seed, **arguments)
    width = 1 if task == "classification" and one_sigmoid(spec) else outputs
    if tuple(result.shape) != (None, width):
        raise ValueError(
            f"The model must end in {width} outputs, shape (batch, {width}). "
            f"Received: shape {('batch', *result.shape[1:])}."
        )
    return keras.Model(inputs, result, name=name)


def _check(builder: Any, label: str, arguments: Mapping[str, Any]) -> None:
    parameters = inspect.signature(builder).parameters.values()
    known = [p.name for p in parameters if p.kind is p.KEYWORD_ONLY and p.name not in ("outputs", "task", "seed")]
    for key in arguments:
        if key not in known:
            raise ValueError(f"The model `{label}` has no argument `{key}`.{did_you_mean(key, known)}")
