"""Layers that undo each other, and inputs that no layer brings to scale."""

from collections.abc import Iterator
from itertools import pairwise

from piste.models.nodes import Layer, has_kernel
from piste.pipelines.config.config import Config
from piste.pipelines.config.faults import Fault
from piste.pipelines.config.lint.facts import layers, place
from piste.pipelines.config.schema.data import Embedded, Idx, Tfds


def bias_before_batch_norm(config: Config) -> Iterator[Fault]:
    """A bias straight before batch normalisation, which subtracts it again."""
    told = set()
    for node, following in pairwise(layers(config)):
        if not (isinstance(node, Layer) and isinstance(following, Layer)) or place(node) in told:
            continue
        biased = has_kernel(node) and node.arguments.get("use_bias", True)
        if biased and following.type == "batch_normalization":
            told.add(place(node))
            says = "should have `use_bias: false`: batch normalisation subtracts the mean, and the bias with it"
            yield Fault(says, place(node))


def unscaled_inputs(config: Config) -> Iterator[Fault]:
    """Pixels from 0 to 255 that go into the first kernel as they are."""
    data, model = config.data, config.model
    if not isinstance(data, Embedded | Idx | Tfds) or data.scale != "none":
        return
    norm = getattr(model, "batch_norm", None)
    normed = norm is not None and norm.input
    first = next((node for node in layers(config) if isinstance(node, Layer) and node.type != "flatten"), None)
    if normed or (first is not None and first.type in ("batch_normalization", "rescaling", "embedding")):
        return
    says = "should be unit or standardize: pixels up to 255 make the first loss and the first steps far too large"
    yield Fault(says, ("data", "scale"), received="none")
