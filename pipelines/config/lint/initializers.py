"""Whether kernels are drawn at the scale that their activations want."""

from collections.abc import Iterator, Mapping

from piste.models.initializers import matched
from piste.models.nodes import Spec
from piste.pipelines.config.config import Config
from piste.pipelines.config.faults import Fault
from piste.pipelines.config.lint.facts import kernels

_SCALES = {"he": 2.0, "glorot": 1.0, "lecun": 1.0}
_REASONS = {
    "he": "the slope is about 0 on one side, so the signal wants a variance of 2/fan_in to keep its size",
    "glorot": "the slope is 1 or less on both sides, and 2/fan_in drives units into the flat ends",
    "lecun": "mean and variance stay fixed from layer to layer only with a variance of 1/fan_in",
}


def initializer(config: Config) -> Iterator[Fault]:
    """An initialiser of another family than the activation's matched one (Glorot, He, LeCun)."""
    for kernel in kernels(config):
        if kernel.activation in ("softmax", "linear") or kernel.initializer == "auto":
            continue
        wanted, given = family(matched(kernel.activation)), family(kernel.initializer)
        if wanted is None or given is None or wanted == given:
            continue
        best = matched(kernel.activation)["type"]
        says = f"should be {best} or auto with {kernel.activation}: {_REASONS[wanted]}"
        yield Fault(says, kernel.path, received=_type(kernel.initializer))


def family(spec: Spec) -> str | None:
    """Returns the family of an initialiser, or None for one that scales by no fan.

    Example:
        >>> family("he_uniform"), family({"type": "variance_scaling", "scale": 2.0, "mode": "fan_avg"})
        ('he', 'he')
    """
    name = _type(spec)
    if name != "variance_scaling":
        head = name.split("_")[0]
        return head if head in _SCALES else None
    given = spec if isinstance(spec, Mapping) else {}
    scale, mode = given.get("scale", 1.0), given.get("mode", "fan_in")
    if scale == _SCALES["he"]:
        return "he"
    return {"fan_in": "lecun", "fan_avg": "glorot"}.get(mode) if scale == 1.0 else None


def _type(spec: Spec) -> str:
    return str(spec["type"] if isinstance(spec, Mapping) else spec)
