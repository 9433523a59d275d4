"""Rules about a model's end: it must fit the classes, and the loss and the metrics must fit it."""

from collections.abc import Iterator
from typing import Any

from piste.models.heads import SIGMOID, one_sigmoid
from piste.pipelines.config.catalog import entries
from piste.pipelines.config.faults import Fault, Path

ONE_AGAINST_THE_REST = ("auc", "f1_score", "fbeta_score")
"""Metrics that see a class index as one label for each class, as the model's probabilities are."""
_F_SCORES = ("f1_score", "fbeta_score")
_ONE_HOT = ("categorical_", "one_hot_", "top_k_")
_YES_OR_NO = ("binary_", "auc", "precision", "recall", "sensitivity_", "specificity_", "true_", "false_")


def head(model: Any, task: str, count: int | None) -> Iterator[Fault]:
    """Yields a fault when a zoo model's sigmoid unit has not two classes to tell apart.

    Args:
        model: the section.
        task: what is predicted.
        count: of the classes; None where it is not known.
    """
    if getattr(model, "head", None) != SIGMOID or (task == "classification" and count in (None, 2)):
        return
    if task == "multilabel":  # one sigmoid unit a label
        return
    received = "regression" if task == "regression" else f"{count} classes"
    yield Fault("must be softmax, as one sigmoid unit tells two classes apart", ("model", "head"), received=received)


def judged(model: Any, task: str, training: Any) -> Iterator[Fault]:
    """Yields a fault for each loss and metric that cannot read the labels or the model's output.

    Labels are class indices, rows of 0 and 1, or numbers; a classifier gives a probability for each class or, from one
    sigmoid unit, for the second of two.

    Args:
        model: the section, or None where it is not valid.
        task: what is predicted.
        training: the section.
    """
    chosen: list[tuple[Path, str, str]] = [(("training", "loss"), "losses", training.loss.type)]
    if training.metrics != "auto":
        for index, metric in enumerate(training.metrics):
            chosen.append((("training", "metrics", index), "metrics", metric.type))
    sigmoid = model is not None and one_sigmoid(model.model_dump())
    yield from _f_scores(training, threshold=task == "multilabel" or (task == "classification" and sigmoid))
    for path, kind, name in chosen:
        if task == "multilabel":
            yield from _of_labels(path, kind, name)
        elif task == "regression":
            if name.startswith("sparse_") or "accuracy" in name:
                yield Fault("needs classes, but the task is regression", path, received=name)
        elif sigmoid and name.startswith(("sparse_", *_ONE_HOT)):
            says = "needs a probability for each class, but the model ends in one sigmoid unit"
            yield Fault(says, path, received=name, suggestion=_named(kind, f"binary_{name.split('categorical_')[-1]}"))
        elif name.startswith(_ONE_HOT):
            says = "needs one-hot labels, but labels are class indices"
            yield Fault(says, path, received=name, suggestion=_named(kind, f"sparse_{name}"))
        elif name.startswith(_YES_OR_NO) and model is not None and not sigmoid:
            says = "needs a model that ends in one sigmoid unit, as with `model.head: sigmoid` for two classes"
            if name != "auc":
                yield Fault(says, path, received=name)
            elif training.metrics[path[-1]].arguments.get("multi_label") is not True:
                yield Fault(f"{says}, or `multi_label: true`, the mean over the classes", path, received=name)


def _of_labels(path: Path, kind: str, name: str) -> Iterator[Fault]:
    if name.startswith(("sparse_", "categorical_", "top_k_")) or name == "accuracy":
        says = "needs one class a sample, but the task is multilabel"
        binary = f"binary_{name.removeprefix('sparse_').removeprefix('categorical_')}"
        yield Fault(says, path, received=name, suggestion=_named(kind, binary))


def _f_scores(training: Any, *, threshold: bool) -> Iterator[Fault]:
    for index, metric in enumerate(() if training.metrics == "auto" else training.metrics):
        if metric.type not in _F_SCORES:
            continue
        path = ("training", "metrics", index)
        if metric.arguments.get("average") is None:
            says = (
                f"needs `average`, as in {{type: {metric.type}, average: macro}}: without it every class has a figure"
            )
            yield Fault(says, path, received=metric.type)
        if threshold and metric.arguments.get("threshold") is None:
            says = (
                f"needs `threshold`, as in {{type: {metric.type}, threshold: 0.5}}: no output is that of the one class"
            )
            yield Fault(says, path, received=metric.type)


def _named(kind: str, name: str) -> str | None:
    return name if name in entries(kind) else None
