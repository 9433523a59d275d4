"""How large the zoo's architectures are with their defaults: read from a file, so that listing needs no Keras."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType

FILE = "sizes.json"
CLASSES = 10

INPUTS: Mapping[str, tuple[int, ...]] = MappingProxyType(
    {"wide_and_deep": (8,), "residual_mlp": (8,), "towers": (2, 28, 28)}
)
"""Inputs of those that do not begin with one 28 x 28 image."""


@dataclass(frozen=True)
class Size:
    """One architecture with its defaults.

    Attributes:
        input: Shape of one sample, for which the other figures hold.
        parameters: Numbers in its weights, moving statistics included.
        flops: Of one sample, as `piste.models.flops.flops` counts them.
    """

    input: tuple[int, ...]
    parameters: int
    flops: int


@cache
def sizes() -> Mapping[str, Size]:
    """The sizes of the shipped architectures by name, for 10 classes; an autoencoder predicts its inputs.

    Example:
        >>> sizes()["mlp"]
        Size(input=(28, 28), parameters=266610, flops=532400)
    """
    text = files("piste").joinpath("models", FILE).read_text("utf-8")
    return MappingProxyType(
        {name: Size(tuple(item["input"]), item["parameters"], item["flops"]) for name, item in json.loads(text).items()}
    )


def written(table: Mapping[str, Size]) -> str:
    """The file's text."""
    lines = [f"{json.dumps(name)}: {json.dumps(asdict(size))}" for name, size in table.items()]
    return "{\n  " + ",\n  ".join(lines) + "\n}\n"
