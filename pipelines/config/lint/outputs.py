"""Whether the loss and the last activation belong together."""

from collections.abc import Iterator

from piste.models.nodes import Act
from piste.pipelines.config.checks import task_of
from piste.pipelines.config.config import Config
from piste.pipelines.config.faults import Fault
from piste.pipelines.config.lint.facts import activation_of, layers, place

_OF_CLASSES = ("auto", "sparse_categorical_crossentropy", "binary_crossentropy", "binary_focal_crossentropy")
_OF_PROBABILITIES = ("crossentropy", "cross_entropy", "kl_divergence", "hinge", "dice", "tversky", "poisson")
_RANGES = {
    "sigmoid": "between 0 and 1",
    "hard_sigmoid": "between 0 and 1",
    "tanh": "between -1 and 1",
    "softsign": "between -1 and 1",
    "relu": "at least 0",
    "relu6": "between 0 and 6",
    "softplus": "above 0",
}


def loss_and_output(config: Config) -> Iterator[Fault]:
    """A loss that does not read what the last layer gives."""
    task, loss = task_of(config.data), config.training.loss.type
    path = ("training", "loss")
    if task == "classification" and loss not in _OF_CLASSES:
        says = (
            "should be auto for classification: labels are class indices, "
            "and this loss would compare the index itself with every probability"
        )
        yield Fault(says, path, received=loss)
    if task == "regression" and any(part in loss for part in _OF_PROBABILITIES):
        says = "should be one for numbers, such as mean_squared_error: this one wants probabilities or signs"
        yield Fault(says, path, received=loss)
    chain = layers(config)
    last = chain[-1] if chain else None
    if task == "regression" and isinstance(last, Act):
        limits = _RANGES.get(activation_of(last, config))
        if limits is not None:
            says = f"should end without an activation for regression: outputs are {limits}, targets may not be"
            yield Fault(says, place(last), received=activation_of(last, config))
