"""What the rules look at: a config's kernels with what they feed, its layers, its steps."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from piste.models.free_form import nodes
from piste.models.nodes import Act, Layer, Node, Spec, feeds, has_kernel
from piste.pipelines.config.config import Config
from piste.pipelines.config.faults import Path
from piste.pipelines.config.overrides import parse_path
from piste.pipelines.config.schema.application import Application
from piste.pipelines.config.schema.data import Embedded, Synthetic
from piste.pipelines.config.schema.model import Free
from piste.pipelines.config.schema.own import OwnModel

_EMBEDDED_SAMPLES = 10_000


@dataclass(frozen=True)
class Kernel:
    """A kernel whose output an activation sees.

    Attributes:
        activation: the activation's name.
        initializer: as written, or `auto`.
        path: the key that decides on the initialiser.
    """

    activation: str
    initializer: Spec
    path: Path


def kernels(config: Config) -> list[Kernel]:
    """Returns the kernels that feed activations; one stands for all of a zoo model or a repeat block."""
    model = config.model
    if isinstance(model, OwnModel | Application):
        return []
    trunk = model.model_dump()
    if not isinstance(model, Free):
        return [Kernel(model.activation.type, trunk["initializer"], ("model", "initializer"))]
    found: dict[Path, Kernel] = {}
    chain = layers(config)
    for index, node in enumerate(chain):
        fed = feeds(chain, index) if isinstance(node, Layer) and has_kernel(node) else None
        if not isinstance(node, Layer) or fed is None:
            continue
        own = node.initializer or node.arguments.get("kernel_initializer")
        placeholder = fed.spec is None
        path = ("model", "initializer") if own is None else (*place(node), "initializer")
        spec = own or (trunk["initializer"] if placeholder else "auto")
        name = _name(trunk["activation"] if placeholder else fed.spec)
        found.setdefault((*path, name), Kernel(name, spec, path))
    return list(found.values())


def layers(config: Config) -> list[Node]:
    """Returns the chain of a free-form model, repeats unrolled; nothing for a zoo model."""
    if not isinstance(config.model, Free):
        return []
    return nodes(config.model.model_dump()["layers"])


def place(node: Node) -> Path:
    """Returns the key under which a node of a chain was written."""
    return ("model", *(parse_path(node.where.split(" ")[0]) or ()))


def activation_of(node: Act, config: Config) -> str:
    """Returns the name of a node's activation."""
    return _name(config.model.model_dump()["activation"] if node.spec is None else node.spec)


def activations(config: Config) -> set[str]:
    """Returns the names of all hidden activations that the config names."""
    if isinstance(config.model, Application):
        return set() if config.model.activation is None else {config.model.activation.type}
    if isinstance(config.model, OwnModel):
        return set()
    if not isinstance(config.model, Free):
        return {config.model.activation.type}
    return {activation_of(node, config) for node in layers(config) if isinstance(node, Act)}


def steps_per_epoch(config: Config) -> int | None:
    """Returns the optimizer steps of an epoch where the config alone decides them, else None."""
    data = config.data
    if data.select is not None or data.pairs is not None:
        return None
    if isinstance(data, Embedded):
        samples = _EMBEDDED_SAMPLES
    elif isinstance(data, Synthetic):
        samples = data.samples
    else:
        return None
    held_out = data.validation
    if held_out is not None:
        samples -= held_out.size if held_out.size is not None else round(samples * (held_out.fraction or 0))
    return max(1, -(-samples // data.batch_size))


def _name(spec: Any) -> str:
    return str(spec["type"] if isinstance(spec, Mapping) else spec)
