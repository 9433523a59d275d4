"""What an epoch's figures are called."""

from collections import Counter
from collections.abc import Iterable

AUTO_METRIC = {
    "classification": "accuracy",
    "multilabel": "binary_accuracy",
    "regression": "mean_absolute_error",
}
"""What `metrics: auto` measures, by the task."""


def figure_names(types: Iterable[str]) -> list[str]:
    """Returns the names of metrics of these types: the type itself, numbered from its second time on.

    Example:
        >>> figure_names(["auc", "recall", "auc"])
        ['auc', 'recall', 'auc_2']
    """
    times: Counter[str] = Counter()
    names = []
    for name in types:
        times[name] += 1
        names.append(name if times[name] == 1 else f"{name}_{times[name]}")
    return names
