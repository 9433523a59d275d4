"""Writes sizes.json from the models themselves, so that listing them needs no Keras.

Run: `python -m piste.models.generate_sizes`
"""

import math
from pathlib import Path

from piste.models.build import build_model
from piste.models.flops import flops
from piste.models.sizes import CLASSES, FILE, INPUTS, Size, written
from piste.models.zoo import SHIPPED


def build() -> dict[str, Size]:
    """Builds every shipped architecture with its defaults and measures it."""
    return {architecture.name: _size(architecture.name) for architecture in SHIPPED}


def _size(name: str) -> Size:
    shape = INPUTS.get(name, (28, 28))
    itself = name == "autoencoder"
    model = build_model(
        {"type": name},
        input_shape=shape,
        input_dtype="float32",
        outputs=math.prod(shape) if itself else CLASSES,
        task="regression" if itself else "classification",
        scale="none",
        seed=42,
    )
    return Size(shape, model.count_params(), flops(model))


if __name__ == "__main__":
    Path(__file__).with_name(FILE).write_text(written(build()), "utf-8")
