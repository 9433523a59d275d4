"""Training that leaves no trace."""

import contextlib
from collections.abc import Iterator
from typing import Any


@contextlib.contextmanager
def unchanged(model: Any) -> Iterator[None]:
    """Puts a compiled model back, bit for bit, whatever the block trains, and also if it fails.

    That is weights, states of layers and of random seeds, the optimizer's slots and step, and the states of metrics. An
    optimizer that was not built yet is built before, and metrics that come into being meanwhile are reset.

    Args:
        model: a built and compiled Keras model.
    """
    if not model.optimizer.built:
        model.optimizer.build(model.trainable_variables)
    variables = _variables(model)
    before = [variable.numpy() for variable in variables]
    try:
        yield
    finally:
        model.reset_metrics()
        for variable, value in zip(variables, before, strict=True):
            variable.assign(value)


def _variables(model: Any) -> list[Any]:
    every = [*model.variables, *model.metrics_variables, *model.optimizer.variables]
    return list({id(variable): variable for variable in every}.values())
