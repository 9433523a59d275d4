"""`training`: how long, with which optimiser, to which end."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from annotated_types import MinLen
from pydantic import BeforeValidator, Field, WithJsonSchema

from piste.pipelines.config.components import (
    TABLE,
    Component,
    component,
    documented,
    optional_component,
    read_component,
)
from piste.pipelines.config.faults import Fault, Faults, describe, read_each
from piste.pipelines.config.nodes import Scalar
from piste.pipelines.config.scalars import is_null, read_float
from piste.pipelines.config.schema.early_stopping import EarlyStopping
from piste.pipelines.config.schema.fields import NullToNone, ReadInt, ReadText, Section, Text
from piste.pipelines.config.schema.stage import Stage

DEFAULT_OPTIMIZER = Component(type="sgd", arguments={"learning_rate": 0.01, "momentum": 0.9, "nesterov": True})


def _read_metrics(value: Any) -> Any:
    """Reads `auto` or a list of metrics."""
    if value == "auto" or (isinstance(value, Scalar) and value.text == "auto"):
        return "auto"
    if not isinstance(value, list | tuple):
        raise Faults([Fault("must be auto or a list of metrics", received=describe(value))])
    return tuple(read_each(enumerate(value), lambda item: read_component("metrics", item)))


def _read_class_weight(value: Any) -> Any:
    """Reads `balanced`, or weights by class."""
    if is_null(value) or value == "balanced" or (isinstance(value, Scalar) and value.text == "balanced"):
        return None if is_null(value) else "balanced"
    if not isinstance(value, Mapping) or not value:
        raise Faults([Fault("must be balanced, or a map from classes to weights", received=describe(value))])
    return dict(zip(value, read_each(value.items(), _read_weight), strict=True))


def _read_weight(value: Any) -> float:
    weight = read_float(value)
    if weight < 0:
        raise Faults([Fault("must be at least 0", received=describe(value))])
    return weight


class Training(Section):
    """How the model is trained."""

    epochs: Annotated[int, Field(ge=1, le=1_000_000, description="Passes over the training samples."), ReadInt] = 10
    optimizer: Annotated[
        Component,
        component("optimizers"),
        documented("optimizers"),
        Field(description="Keras's optimiser; clipping is its clipnorm, clipvalue or global_clipnorm."),
    ] = DEFAULT_OPTIMIZER
    no_weight_decay: Annotated[
        tuple[Text, ...],
        Field(description="Weights that the optimizer's weight_decay leaves alone, by pattern as in */bias."),
    ] = ()
    schedule: Annotated[
        Component | None,
        optional_component("schedules"),
        documented("schedules", nullable=True),
        Field(description="How the learning rate changes by step; null keeps it."),
    ] = None
    loss: Annotated[
        Component,
        component("losses", ("auto",)),
        documented("losses", ("auto",)),
        Field(description="What is minimised; auto chooses by the task."),
    ] = Component(type="auto")
    class_weight: Annotated[
        Literal["balanced"] | dict[str, float] | None,
        BeforeValidator(_read_class_weight),
        WithJsonSchema(
            {
                "anyOf": [
                    {"const": "balanced"},
                    {"type": "object", "minProperties": 1, "additionalProperties": {"type": "number", "minimum": 0}},
                    {"type": "null"},
                ]
            }
        ),
        Field(description="How much samples of a class count, by its name; balanced weighs rare ones up; null alike."),
    ] = None
    metrics: Annotated[
        Literal["auto"] | tuple[Component, ...],
        BeforeValidator(_read_metrics),
        WithJsonSchema({"anyOf": [{"const": "auto"}, {"type": "array", "items": {TABLE: "metrics"}}]}),
        Field(description="What is measured beside the loss; auto chooses by the task."),
    ] = "auto"
    early_stopping: Annotated[
        EarlyStopping | None, NullToNone, Field(description="When to stop before the last epoch; null never.")
    ] = None
    mode: Annotated[
        Literal["auto", "fused", "graph", "stream"],
        ReadText,
        Field(description="How the loop runs: one compiled loop, graph steps, or streamed batches."),
    ] = "auto"
    stages: Annotated[
        Annotated[tuple[Stage, ...], MinLen(1)] | None,
        NullToNone,
        Field(description="Parts of the training, one after the other; their epochs add up to `epochs`."),
    ] = None
