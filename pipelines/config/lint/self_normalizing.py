"""What a self-normalising net asks for (Klambauer et al. 2017, arXiv:1706.02515), and what breaks it."""

from collections.abc import Iterator

from piste.models.nodes import Layer
from piste.pipelines.config.config import Config
from piste.pipelines.config.faults import Fault, Path
from piste.pipelines.config.lint.facts import activations, layers, place
from piste.pipelines.config.schema.application import Application
from piste.pipelines.config.schema.model import Free
from piste.pipelines.config.schema.own import OwnModel

_SELU = "selu"


def selu_inputs(config: Config) -> Iterator[Fault]:
    """SELU on inputs that are not standardised."""
    norm = next((path for path in _of_type(config, "batch_normalization")), None)
    if _SELU in activations(config) and config.data.scale != "standardize" and norm is None:
        says = "should be standardize with selu: the fixed point of its layers is mean 0 and variance 1"
        yield Fault(says, ("data", "scale"), received=config.data.scale)


def selu_batch_norm(config: Config) -> Iterator[Fault]:
    """SELU together with batch normalisation."""
    if _SELU in activations(config):
        for path in _of_type(config, "batch_normalization"):
            says = "should not stand beside selu, which normalises by itself: take elu, or leave it out"
            yield Fault(says, path, at="key")


def selu_dropout(config: Config) -> Iterator[Fault]:
    """SELU with plain dropout, which changes mean and variance; or alpha dropout without SELU."""
    names = activations(config)
    if names == {_SELU}:
        for path in [*_of_type(config, "dropout"), *_of_type(config, "gaussian_dropout")]:
            says = "should be alpha_dropout with selu: plain dropout changes the mean that selu keeps"
            yield Fault(says, path)
    elif names and _SELU not in names:
        for path in _of_type(config, "alpha_dropout"):
            says = "should be dropout: alpha_dropout puts in the value that selu tends to, and there is no selu"
            yield Fault(says, path)


def selu_regularizer(config: Config) -> Iterator[Fault]:
    """SELU with penalties or constraints that shrink its kernels."""
    if isinstance(config.model, OwnModel | Application) or _SELU not in activations(config):
        return
    for key in ("kernel_regularizer", "kernel_constraint"):
        chosen = getattr(config.model, key)
        if chosen is not None:
            says = "should be null with selu: kernels that are made smaller no longer keep the variance at 1"
            yield Fault(says, ("model", key), received=chosen.type)


def _of_type(config: Config, kind: str) -> list[Path]:
    """Returns where a model normalises or drops in the way of that name."""
    model = config.model
    if isinstance(model, Free | Application | OwnModel):
        written = [place(node) for node in layers(config) if isinstance(node, Layer) and node.type == kind]
        return list(dict.fromkeys(written))
    if kind == "batch_normalization":
        return [("model", "batch_norm")] if getattr(model, "batch_norm", None) is not None else []
    found: list[Path] = []
    dropout = getattr(model, "dropout", None)
    if dropout is not None and dropout.type == kind and dropout.rate:
        found.append(("model", "dropout"))
    if kind == "dropout" and getattr(model, "block_dropout", None):
        found.append(("model", "block_dropout"))
    return found
